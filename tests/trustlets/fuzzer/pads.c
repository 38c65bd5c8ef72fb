#include "pads.h"

#define STEP UINT64_C(0x9E3779B97F4A7C15)

static uint64_t constants_sum;

static uint64_t pattern(uint64_t address)
{
    return (address / sizeof(uint64_t)) * STEP | UINT64_C(1) << 63;
}

static uint8_t pattern_byte(uint64_t address)
{
    return (uint8_t)(pattern(address) >> 8 * (address % sizeof(uint64_t)));
}

/* Every word counts, and so does its place. */
static uint64_t sum_of(const struct place *place)
{
    const uint64_t *words = (const uint64_t *)place->base;
    uint64_t sum = 0;

    for (uint64_t i = 0; i < place->size / sizeof(*words); i++) {
        sum = (sum ^ words[i]) * STEP;
    }
    return sum;
}

static uint64_t sum_of_constants(const struct world *world)
{
    return sum_of(&world->places[PLACE_TEXT]) + sum_of(&world->places[PLACE_RODATA]);
}

void pads_fill(const struct world *world)
{
    for (unsigned i = 0; i < PLACES; i++) {
        pads_repair(world, (struct range){ world->places[i].pad, world->places[i].pad_size });
    }
    constants_sum = sum_of_constants(world);
}

void pads_repair(const struct world *world, struct range range)
{
    if (range.size == 0 || !model_in_pad(world, range.base, range.size)) {
        return;
    }
    for (uint64_t at = range.base; at - range.base < range.size; at++) {
        *(uint8_t *)at = pattern_byte(at);
    }
}

static bool intact(uint64_t from, uint64_t to)
{
    for (uint64_t at = from; at < to; at++) {
        if (*(const uint8_t *)at != pattern_byte(at)) {
            return false;
        }
    }
    return true;
}

static uint64_t clamp(uint64_t value, uint64_t low, uint64_t high)
{
    return value < low ? low : value > high ? high : value;
}

bool pads_intact_around(const struct world *world, uint64_t address, uint64_t reach)
{
    bool good = true;

    for (unsigned i = 0; i < PLACES; i++) {
        uint64_t base = world->places[i].pad, end = base + world->places[i].pad_size;
        uint64_t from = address > reach ? address - reach : 0, to = address < UINT64_MAX - reach ? address + reach : UINT64_MAX;

        good = intact(clamp(from, base, end), clamp(to, base, end)) && good;
    }
    return good;
}

bool pads_intact(const struct world *world)
{
    for (unsigned i = 0; i < PLACES; i++) {
        const struct place *place = &world->places[i];

        for (uint64_t at = place->pad; at - place->pad < place->pad_size; at += sizeof(uint64_t)) {
            if (*(const uint64_t *)at != pattern(at)) {
                return false;
            }
        }
    }
    return sum_of_constants(world) == constants_sum;
}
