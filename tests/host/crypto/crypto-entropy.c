/* Sources of randomness that are broken in ways that were seen or feared: each must be refused, a good one never. */
#include "support.h"

#include <string.h>

#include <crypto/entropy.h>
#include <crypto/psa.h>
#include <psa/crypto.h>

/* A deterministic source that looks random (splitmix64), broken by shape() at will. */
struct fake {
    uint64_t state;
    uint64_t count;
    uint64_t break_at; /* from this word on shape() applies */
    bool (*shape)(struct fake *fake, uint64_t *word);
};

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static bool fake_read(void *context, uint64_t *word)
{
    struct fake *fake = context;

    *word = splitmix(&fake->state);
    if (fake->shape != NULL && fake->count++ >= fake->break_at) {
        return fake->shape(fake, word);
    }
    return true;
}

static struct entropy_source source_of(struct fake *fake)
{
    return (struct entropy_source){ .read = fake_read, .context = fake, .words_per_block = 32 };
}

static bool no_word(struct fake *fake, uint64_t *word)
{
    (void)fake;
    (void)word;
    return false;
}

/* What RDRAND of some AMD processors answers after suspend: all ones, and success. */
static bool all_ones(struct fake *fake, uint64_t *word)
{
    (void)fake;
    *word = UINT64_MAX;
    return true;
}

static bool constant(struct fake *fake, uint64_t *word)
{
    (void)fake;
    *word = UINT64_C(0x0123456789abcdef);
    return true;
}

static bool alternating(struct fake *fake, uint64_t *word)
{
    *word = fake->count % 2 == 0 ? UINT64_C(0x0123456789abcdef) : UINT64_C(0xfedcba9876543210);
    return true;
}

static bool counter(struct fake *fake, uint64_t *word)
{
    *word = fake->count;
    return true;
}

static bool one_dead_byte(struct fake *fake, uint64_t *word)
{
    (void)fake;
    *word &= ~(UINT64_C(0xff) << 40);
    return true;
}

/* Three of four samples of one byte are the same: no long run, so only the proportion shows it. */
static bool biased_byte(struct fake *fake, uint64_t *word)
{
    if (fake->count % 4 != 0) {
        *word = (*word & ~UINT64_C(0xff)) | 0x55;
    }
    return true;
}

static bool (*const shapes[])(struct fake *fake, uint64_t *word) = {
    no_word, all_ones, constant, alternating, counter, one_dead_byte, biased_byte,
};

static void broken_from_the_start(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        struct fake fake = { .state = 1, .shape = shapes[i] };
        struct entropy_source source = source_of(&fake);
        struct entropy entropy;
        uint8_t out[32];

        assert_false(entropy_open(&entropy, &source));
        assert_false(entropy_fill(&entropy, out, sizeof(out)));
    }
}

/* Good at start-up, broken later: noticed while running, output zeroed, refused from then on although the source recovers. */
static void broken_later(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        struct fake fake = { .state = 2, .break_at = ENTROPY_STARTUP_WORDS + 100, .shape = shapes[i] };
        struct entropy_source source = source_of(&fake);
        struct entropy entropy;
        uint8_t out[64 * 64];
        static const uint8_t zero[sizeof(out)];

        assert_true(entropy_open(&entropy, &source));
        assert_true(entropy_fill(&entropy, out, 64));
        memset(out, 0xa5, sizeof(out));
        assert_false(entropy_fill(&entropy, out, sizeof(out)));
        assert_memory_equal(out, zero, sizeof(out));
        fake.shape = NULL;
        out[0] = 0xa5;
        assert_false(entropy_fill(&entropy, out, 1));
        assert_int_equal(out[0], 0);
    }
}

static void good_source(void **state)
{
    struct fake fake = { .state = 3 };
    struct entropy_source source = source_of(&fake);
    struct entropy entropy;
    uint8_t a[200];
    uint8_t b[200];

    (void)state;
    assert_true(entropy_open(&entropy, &source));
    for (unsigned i = 0; i < 300; i++) {
        assert_true(entropy_fill(&entropy, a, sizeof(a)));
        assert_true(entropy_fill(&entropy, b, sizeof(b)));
        assert_memory_not_equal(a, b, sizeof(a));
        assert_memory_not_equal(a, a + 64, 64);
    }
    assert_true(entropy_fill(&entropy, a, 0));
}

static void no_source(void **state)
{
    struct entropy entropy;
    struct entropy_source empty = { .read = fake_read };
    uint8_t out[8];

    (void)state;
    assert_false(entropy_open(&entropy, NULL));
    assert_false(entropy_fill(&entropy, out, sizeof(out)));
    assert_false(entropy_open(&entropy, &empty));
}

/* The exact sample at which each test trips, so that a cutoff cannot drift. */
static void exact_cutoffs(void **state)
{
    struct entropy_health health;

    (void)state;
    entropy_health_reset(&health);
    assert_true(entropy_health_take(&health, 1));
    assert_false(entropy_health_take(&health, 1));

    entropy_health_reset(&health);
    for (uint64_t i = 1; i <= 9; i++) {
        uint64_t word = i * UINT64_C(0x0101010101010101) & ~UINT64_C(0xff);

        assert_int_equal(entropy_health_take(&health, word), i < 9);
    }
}

static void exact_proportion(void **state)
{
    struct entropy_health health;
    struct fake fake = { .state = 4 };
    unsigned seen = 0;
    bool healthy = true;

    (void)state;
    entropy_health_reset(&health);
    for (unsigned i = 0; i < ENTROPY_LANE_WINDOW && healthy; i++) {
        uint64_t word = splitmix(&fake.state) | 0x80; /* lane 0 is never 0x11 by itself */

        if (i % 3 == 0) {
            word = (word & ~UINT64_C(0xff)) | 0x11;
            seen++;
        }
        healthy = entropy_health_take(&health, word);
    }
    assert_false(healthy);
    assert_int_equal(seen, 71);
}

/* PSA's generator rests on entropy_read: when that fails, PSA does not start. */
static void psa_needs_entropy(void **state)
{
    uint8_t out[16];

    (void)state;
    support_entropy_fails = true;
    assert_false(crypto_start(support_heap, sizeof(support_heap)));
    support_entropy_fails = false;
    assert_true(crypto_start(support_heap, sizeof(support_heap)));
    assert_int_equal(psa_generate_random(out, sizeof(out)), PSA_SUCCESS);
    crypto_stop();
    assert_false(crypto_start(support_heap, CRYPTO_HEAP_MINIMUM - 1));
    assert_false(crypto_start(NULL, sizeof(support_heap)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_source),
        cmocka_unit_test(broken_from_the_start),
        cmocka_unit_test(broken_later),
        cmocka_unit_test(no_source),
        cmocka_unit_test(exact_cutoffs),
        cmocka_unit_test(exact_proportion),
        cmocka_unit_test(psa_needs_entropy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
