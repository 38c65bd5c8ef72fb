#include <crypto/entropy_health.h>

static bool take_repetition(struct entropy_lane *lane, uint8_t sample)
{
    lane->repeated = lane->repeated > 0 && sample == lane->last ? lane->repeated + 1 : 1;
    lane->last = sample;
    return lane->repeated < ENTROPY_LANE_REPETITIONS;
}

static bool take_proportion(struct entropy_lane *lane, uint8_t sample)
{
    if (lane->position == 0) {
        lane->first = sample;
        lane->matches = 0;
    }
    lane->matches += sample == lane->first;
    lane->position = (lane->position + 1) % ENTROPY_LANE_WINDOW;
    return lane->matches < ENTROPY_LANE_PROPORTION;
}

static bool take_word(struct entropy_health *health, uint64_t word)
{
    health->word_repeated = health->word_repeated > 0 && word == health->last_word ? health->word_repeated + 1 : 1;
    health->last_word = word;
    return health->word_repeated < ENTROPY_WORD_REPETITIONS;
}

void entropy_health_reset(struct entropy_health *health)
{
    *health = (struct entropy_health){ 0 };
}

bool entropy_health_take(struct entropy_health *health, uint64_t word)
{
    bool healthy = take_word(health, word);

    for (unsigned i = 0; i < ENTROPY_LANES; i++) {
        uint8_t sample = (uint8_t)(word >> (8 * i));

        healthy &= take_repetition(&health->lanes[i], sample);
        healthy &= take_proportion(&health->lanes[i], sample);
    }
    return healthy;
}
