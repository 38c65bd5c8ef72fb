/*
 * The key root's secret from a TPM that the test plays: what is sent, what is believed of the answers, and what is left in the TPM
 * after each way to fail.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <tpm_root.h>

#define COMMANDS    6u /* in front of the two FlushContext */
#define LONGEST     400u
#define SESSION     0x03, 0x00, 0x00, 0x07
#define KEY         0x80, 0x00, 0x00, 0x05
#define FLUSH_KEY   0x80000005u
#define FLUSH_SESSION 0x03000007u
#define DIGEST(byte)                                                                                                                \
    byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, byte, \
        byte, byte, byte, byte, byte, byte, byte, byte, byte, byte
#define TEMPLATE 0, 8, 0, 0x0B, 0, 4, 4, 0xB2, 0, 32, DIGEST(0x22), 0, 5, 0, 0x0B

/* What is sent, but for the two FlushContext, byte for byte: part 3 of the TPM 2.0 Library, by hand. */
static const uint8_t start[] = { 0x80, 0x01, 0, 0, 0, 59, 0, 0, 0x01, 0x76, 0x40, 0, 0, 7, 0x40, 0, 0, 7,
                                 0, 32, DIGEST(0), 0, 0, 1, 0, 0x10, 0, 0x0B };
static const uint8_t policy[] = { 0x80, 0x01, 0, 0, 0, 26, 0, 0, 0x01, 0x7F, SESSION, 0, 0, 0, 0, 0, 1, 0, 0x0B, 3, 0x95, 0x38, 0 };
static const uint8_t get_digest[] = { 0x80, 0x01, 0, 0, 0, 14, 0, 0, 0x01, 0x89, SESSION };
static const uint8_t create[] = { 0x80, 0x02, 0, 0, 0, 101, 0, 0, 0x01, 0x31, 0x40, 0, 0, 1, 0, 0, 0, 9, 0x40, 0, 0, 9, 0, 0, 0, 0, 0,
                                  0, 4, 0, 0, 0, 0, 0, 60, TEMPLATE, 0, 12, 'O', 'p', 'e', 'n', 'V', 'S', 'M', ' ', 'r', 'o', 'o', 't',
                                  0, 0, 0, 0, 0, 0 };
static const uint8_t hmac[] = { 0x80, 0x02, 0, 0, 0, 85, 0, 0, 0x01, 0x55, KEY, 0, 0, 0, 41, SESSION, 0, 32, DIGEST(0), 1, 0, 0,
                                0, 22, 'O', 'p', 'e', 'n', 'V', 'S', 'M', ' ', 'r', 'o', 'o', 't', ' ', 's', 'e', 'c', 'r', 'e', 't', ' ',
                                'v', '1', 0, 0x0B };
static const uint8_t read_pcrs[] = { 0x80, 0x01, 0, 0, 0, 20, 0, 0, 0x01, 0x7E, 0, 0, 0, 1, 0, 0x0B, 3, 0, 0x38, 0 };

static const uint8_t started[] = { 0x80, 0x01, 0, 0, 0, 48, 0, 0, 0, 0, SESSION, 0, 32, DIGEST(0x11) };
static const uint8_t bound[] = { 0x80, 0x01, 0, 0, 0, 10, 0, 0, 0, 0 };
static const uint8_t digest[] = { 0x80, 0x01, 0, 0, 0, 44, 0, 0, 0, 0, 0, 32, DIGEST(0x22) };
static const uint8_t created[] = {
    0x80, 0x02, 0, 0, 1, 0x10, 0, 0, 0, 0, KEY, 0, 0, 0, 0xF9, 0, 80, TEMPLATE, 0, 32, DIGEST(0x33),
    0, 55, 0, 0, 0, 0, 0, 32, DIGEST(0x44), 1, 0, 0x10, 0, 4, 0x40, 0, 0, 1, 0, 4, 0x40, 0, 0, 1, 0, 0, /* creation data */
    0, 32, DIGEST(0x55), 0x80, 0x21, 0x40, 0, 0, 1, 0, 32, DIGEST(0x66), 0, 34, 0, 0x0B, DIGEST(0x77), 0, 0, 1, 0, 0,
};
static const uint8_t done[] = { 0x80, 0x02, 0, 0, 0, 85, 0, 0, 0, 0, 0, 0, 0, 34, 0, 32, DIGEST(0xAA), 0, 32, DIGEST(0x11), 1, 0, 0 };
static const uint8_t values[] = { 0x80, 0x01, 0, 0, 0, 130, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0x0B, 3, 0, 0x38, 0, 0, 0, 0, 3,
                                  0, 32, DIGEST(0xB1), 0, 32, DIGEST(0xB2), 0, 32, DIGEST(0xB3) };

/* free: bytes [first, last] of the answer may be anything without harm. */
struct piece {
    size_t first, last;
};

static const struct exchange {
    const char *name;
    const uint8_t *command;
    size_t command_size;
    const uint8_t *answer;
    size_t size;
    struct piece free[5];
} exchanges[COMMANDS] = {
    { "TPM2_StartAuthSession", start, sizeof(start), started, sizeof(started), { { 11, 13 }, { 16, 47 } } },
    { "TPM2_PolicyPCR", policy, sizeof(policy), bound, sizeof(bound), { { 0, 0 } } },
    { "TPM2_PolicyGetDigest", get_digest, sizeof(get_digest), digest, sizeof(digest), { { 12, 43 } } },
    { "TPM2_CreatePrimary", create, sizeof(create), created, sizeof(created),
      { { 11, 13 }, { 68, 99 }, { 102, 156 }, { 159, 190 }, { 199, 230 } } },
    { "TPM2_HMAC", hmac, sizeof(hmac), done, sizeof(done), { { 16, 47 }, { 50, 81 } } },
    { "TPM2_PCR_Read", read_pcrs, sizeof(read_pcrs), values, sizeof(values), { { 10, 13 }, { 30, 61 }, { 64, 95 }, { 98, 129 } } },
};
#define NAME_FIRST 233u /* of CreatePrimary's answer: the key's name, free as well */
#define NAME_LAST  266u

static struct {
    uint8_t answers[COMMANDS][LONGEST];
    bool silent[COMMANDS];         /* the firmware does not pass the command on */
    uint32_t busy, pauses;         /* so many answers TPM_RC_RETRY first, to every command */
    uint32_t busy_now;
    uint32_t next;                 /* which command is due */
    uint32_t flushed[2], flushes;
    bool flush_fails;
    bool exact;                    /* commands are compared */
    uint32_t bad;                  /* the command that fails; behind it nothing may come but TPM2_PCR_Read once, and what flushes */
    uint32_t covers;               /* that came so often */
} tpm;

void secure_zero(void *to, size_t size)
{
    memset(to, 0, size);
}

static void put32(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        at[i] = (uint8_t)(value >> (24 - 8 * i));
    }
}

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void refuse(uint8_t *answer, uint32_t code)
{
    memcpy(answer, bound, sizeof(bound));
    put32(answer + 6, code);
}

static bool flush(const uint8_t *command, uint32_t size, uint8_t *answer)
{
    assert_int_equal(size, 14);
    assert_true(tpm.flushes < 2);
    tpm.flushed[tpm.flushes++] = get32(command + 10);
    refuse(answer, tpm.flush_fails ? 0x18B : 0);
    return true;
}

/* What takes the place of an answer with the secret. */
static bool cover(const uint8_t *command, uint32_t size, uint8_t *answer)
{
    assert_int_equal(size, sizeof(read_pcrs));
    assert_memory_equal(command, read_pcrs, size);
    tpm.covers++;
    memcpy(answer, values, sizeof(values));
    return true;
}

static bool submit(void *self, const void *command, uint32_t size, void *answer, uint32_t capacity)
{
    const uint8_t *bytes = command;

    assert_ptr_equal(self, &tpm);
    assert_int_equal(get32(bytes + 2), size);
    for (uint32_t i = 0; i < capacity; i++) {
        assert_int_equal(((const uint8_t *)answer)[i], 0); /* nothing of an older answer */
    }
    if (tpm.busy_now != 0) {
        tpm.busy_now--;
        refuse(answer, 0x922);
        return true;
    }
    tpm.busy_now = tpm.busy;
    if (bytes[8] == 0x01 && bytes[9] == 0x65) {
        return flush(bytes, size, answer);
    }
    assert_int_equal(tpm.flushes, 0);
    if (tpm.next == tpm.bad + 1) {
        return cover(bytes, size, answer);
    }
    assert_true(tpm.next < COMMANDS);
    if (tpm.exact) {
        assert_int_equal(size, exchanges[tpm.next].command_size);
        assert_memory_equal(bytes, exchanges[tpm.next].command, size);
    }
    memcpy(answer, tpm.answers[tpm.next], LONGEST);
    return !tpm.silent[tpm.next++];
}

static void pause_for_tpm(void *self)
{
    assert_ptr_equal(self, &tpm);
    tpm.pauses++;
}

static const struct tpm_link tpm_link = { submit, pause_for_tpm, &tpm };
static struct vtl1_boot_root root;
static struct tpm_refusal refusal;

static int fresh(void **state)
{
    (void)state;
    memset(&tpm, 0, sizeof(tpm));
    tpm.bad = COMMANDS;
    for (unsigned i = 0; i < COMMANDS; i++) {
        assert_true(exchanges[i].size <= LONGEST);
        memcpy(tpm.answers[i], exchanges[i].answer, exchanges[i].size);
    }
    memset(&root, 0, sizeof(root));
    return 0;
}

static void expect_taken(void)
{
    static const uint8_t secret[] = { DIGEST(0xAA) }, pcrs[] = { DIGEST(0xB1), DIGEST(0xB2), DIGEST(0xB3) };

    assert_true(tpm_root_take(&tpm_link, &root, &refusal));
    assert_int_equal(root.from_tpm, 1);
    assert_memory_equal(root.secret, secret, sizeof(secret));
    assert_memory_equal(root.pcrs, pcrs, sizeof(pcrs));
}

static void expect_flushed(uint32_t first, uint32_t second)
{
    assert_int_equal(tpm.flushes, (first != 0) + (second != 0));
    assert_int_equal(tpm.flushed[0], first);
    assert_int_equal(tpm.flushed[1], second);
}

/* The command with that index is refused, and nobody goes on behind it. Where there was a key, the secret may be in the TPM's answer. */
static void expect_refused(unsigned index, uint32_t code)
{
    static const struct vtl1_boot_root none;

    tpm.bad = index;
    assert_false(tpm_root_take(&tpm_link, &root, &refusal));
    assert_int_equal(tpm.covers, tpm.flushes == 2);
    assert_true(tpm.covers == 1 || index <= 3);
    assert_memory_equal(&root, &none, sizeof(root));
    assert_string_equal(refusal.command, exchanges[index].name);
    assert_int_equal(refusal.code, code);
    assert_int_equal(tpm.next, index + 1);
}

static void all_commands_in_order(void **state)
{
    (void)state;
    tpm.exact = true;
    expect_taken();
    expect_flushed(FLUSH_KEY, FLUSH_SESSION);
    assert_int_equal(tpm.pauses, 0);
}

static void whatever_is_refused_is_named_and_what_is_loaded_is_flushed(void **state)
{
    for (unsigned i = 0; i < COMMANDS; i++) {
        fresh(state);
        refuse(tpm.answers[i], 0x9A2);
        expect_refused(i, 0x9A2);
        expect_flushed(i == 0 ? 0 : i <= 3 ? FLUSH_SESSION : FLUSH_KEY, i <= 3 ? 0 : FLUSH_SESSION);
        fresh(state);
        tpm.silent[i] = true;
        expect_refused(i, 0);
        expect_flushed(i == 0 ? 0 : i <= 3 ? FLUSH_SESSION : FLUSH_KEY, i <= 3 ? 0 : FLUSH_SESSION);
    }
}

static bool is_free(unsigned index, size_t at)
{
    const struct exchange *exchange = &exchanges[index];

    if (exchange->answer == created && at >= NAME_FIRST && at <= NAME_LAST) {
        return true;
    }
    for (unsigned i = 0; i < 5 && exchange->free[i].last != 0; i++) {
        if (at >= exchange->free[i].first && at <= exchange->free[i].last) {
            return true;
        }
    }
    return false;
}

/* The code's own bytes make it an error, whose size is then wrong: still an answer that is none. */
static void every_bit_that_means_something_is_looked_at(void **state)
{
    enum { POLICY_IN_CREATED = 30, DIGEST_IN_ANSWER = 12 };
    unsigned refused = 0;

    for (unsigned i = 0; i < COMMANDS; i++) {
        for (size_t bit = 0; bit < 8 * exchanges[i].size; bit++) {
            fresh(state);
            tpm.answers[i][bit / 8] ^= (uint8_t)(1u << bit % 8);
            if (i == 2) { /* the template has it too */
                memcpy(tpm.answers[3] + POLICY_IN_CREATED, tpm.answers[2] + DIGEST_IN_ANSWER, TPM_DIGEST_SIZE);
            }
            if (is_free(i, bit / 8)) {
                assert_true(tpm_root_take(&tpm_link, &root, &refusal));
                continue;
            }
            refused++;
            if (exchanges[i].answer == bound && bit / 8 >= 6) {
                expect_refused(i, get32(tpm.answers[i] + 6)); /* a header alone may be an error */
            } else {
                expect_refused(i, 0);
            }
        }
    }
    assert_true(refused > 8 * 10 * COMMANDS);
}

/* The header's size is the whole truth about an answer: shorter and longer ones, with zeros behind them. */
static void no_other_size_is_believed(void **state)
{
    for (unsigned i = 0; i < COMMANDS; i++) {
        for (uint32_t size = 0; size < 600; size++) {
            if (size == exchanges[i].size) {
                continue;
            }
            fresh(state);
            if (size < exchanges[i].size) {
                memset(tpm.answers[i] + size, 0, LONGEST - size);
            }
            if (size >= 6) {
                put32(tpm.answers[i] + 2, size);
            }
            expect_refused(i, 0);
        }
    }
}

/* A size of a part of CreatePrimary's answer that reaches behind its end, and one that makes the parts end early. */
static void parts_stay_inside_the_answer(void **state)
{
    static const size_t sizes[] = { 100, 157, 197, 231 };

    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (uint32_t size = 0; size <= 0xFFFF; size++) {
            fresh(state);
            tpm.answers[3][sizes[i]] = (uint8_t)(size >> 8);
            tpm.answers[3][sizes[i] + 1] = (uint8_t)size;
            if (memcmp(tpm.answers[3], created, sizeof(created)) != 0) {
                expect_refused(3, 0);
            }
        }
    }
}

static void a_busy_tpm_is_asked_again(void **state)
{
    (void)state;
    tpm.busy = tpm.busy_now = 3;
    tpm.exact = true;
    expect_taken();
    assert_int_equal(tpm.pauses, 3 * (COMMANDS + 2));
    fresh(state);
    tpm.busy_now = UINT32_MAX;
    assert_false(tpm_root_take(&tpm_link, &root, &refusal));
    assert_string_equal(refusal.command, "TPM2_StartAuthSession");
    assert_int_equal(refusal.code, 0x922);
    assert_true(tpm.pauses > 100 && tpm.pauses < 1000 && tpm.flushes == 0);
}

/* What stays in the TPM is an error, but the first error is the one that counts. */
static void what_cannot_be_flushed(void **state)
{
    (void)state;
    tpm.flush_fails = true;
    assert_false(tpm_root_take(&tpm_link, &root, &refusal));
    assert_string_equal(refusal.command, "TPM2_FlushContext");
    assert_int_equal(refusal.code, 0x18B);
    expect_flushed(FLUSH_KEY, FLUSH_SESSION);
    assert_int_equal(root.from_tpm, 0);
    assert_int_equal(root.secret[0], 0);
    fresh(state);
    tpm.flush_fails = true;
    refuse(tpm.answers[4], 0x99D);
    expect_refused(4, 0x99D);
    expect_flushed(FLUSH_KEY, FLUSH_SESSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(all_commands_in_order, fresh),
        cmocka_unit_test(whatever_is_refused_is_named_and_what_is_loaded_is_flushed),
        cmocka_unit_test(every_bit_that_means_something_is_looked_at),
        cmocka_unit_test(no_other_size_is_believed),
        cmocka_unit_test(parts_stay_inside_the_answer),
        cmocka_unit_test_setup(a_busy_tpm_is_asked_again, fresh),
        cmocka_unit_test_setup(what_cannot_be_flushed, fresh),
    };

    return cmocka_run_group_tests_name("boot-tpm-root", tests, NULL, NULL);
}
