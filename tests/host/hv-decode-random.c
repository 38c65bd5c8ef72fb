/* The seed is printed; OPENVSM_TEST_SEED=N runs that one again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include "hv-decode.h"

#include <cmocka.h>

#define TRIES 300000u

static uint64_t random_state;

static unsigned random_below(unsigned limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)((random_state >> 16) % limit);
}

/* Mostly what is emulated, behind any number of prefixes. */
static void random_bytes(uint8_t bytes[INSN_MAX_LENGTH])
{
    static const uint8_t prefixes[] = { 0x66, 0x67, 0x2E, 0x65, 0xF0, 0xF2, 0xF3, 0x40, 0x48, 0x4F };
    static const uint8_t opcodes[] = { 0x86, 0x87, 0x88, 0x89, 0xA2, 0xA3, 0xC6, 0xC7, 0x0F, 0xF4 };
    unsigned at = 0;

    for (unsigned i = 0; i < INSN_MAX_LENGTH; i++) {
        bytes[i] = (uint8_t)random_below(256);
    }
    for (unsigned left = random_below(6) * random_below(3); left > 0; left--) {
        bytes[at++] = prefixes[random_below(sizeof(prefixes))];
    }
    if (random_below(4) != 0) {
        bytes[at] = opcodes[random_below(sizeof(opcodes))];
    }
}

static void check_fields(const struct insn *insn)
{
    bool has_size = insn->kind == INSN_STORE || insn->kind == INSN_LOAD || insn->kind == INSN_EXCHANGE || insn->kind >= INSN_LMSW;

    assert_in_range(insn->length, 1, INSN_MAX_LENGTH);
    assert_true(has_size ? insn->size == 1 || insn->size == 2 || insn->size == 4 || insn->size == 8 : insn->size == 0);
    assert_in_range(insn->reg, 0, insn->high_byte ? 3 : 15);
    assert_true(!insn->high_byte || insn->size == 1);
    assert_true(!insn->has_immediate || insn->kind == INSN_STORE);
    assert_true(insn->has_immediate || insn->immediate == 0);
    if (insn->size != 8) {
        assert_int_equal(insn->immediate >> (insn->size * 8), 0);
    }
}

static void try_once(void)
{
    enum insn_mode mode = (enum insn_mode)random_below(3);
    uint8_t bytes[INSN_MAX_LENGTH];
    struct insn insn, again;

    random_bytes(bytes);
    if (!insn_decode(bytes, sizeof(bytes), mode, &insn)) {
        return;
    }
    check_fields(&insn);
    assert_true(decode_exactly(bytes, insn.length, mode, &again));
    assert_same_insn(&insn, &again);
    assert_false(decode_exactly(bytes, insn.length - 1u, mode, &again));
}

void test_random_bytes(void **state)
{
    const char *given = getenv("OPENVSM_TEST_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 0) : (uint64_t)time(NULL);

    (void)state;
    print_message("seed: OPENVSM_TEST_SEED=%llu\n", (unsigned long long)seed);
    random_state = seed * 2 + 1;
    for (unsigned i = 0; i < TRIES; i++) {
        try_once();
    }
}
