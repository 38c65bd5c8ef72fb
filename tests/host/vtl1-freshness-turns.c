/*
 * Freshness over a model of a TPM that takes its time, refuses, or loses its power after any command; threads that wait for their turn,
 * end, or want something else in between; and a machine without a TPM.
 */
#include "vtl1-freshness-bench.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sk/freshness_memory.h>

/* A boot that ends in a power cut, or when the operation is over: 0 is IUM_SUCCESS, 99 the cut. */
static int boot(int64_t (*operation)(void))
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        _exit((int)-operation());
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static uint64_t generation_now;

static int64_t set_two(void)
{
    return set(&first, 2, generation_now);
}

static int64_t forget(void)
{
    return reset(&first);
}

/* 0: NONE; else the byte of the digest. */
static uint8_t remembered(void)
{
    struct ium_freshness found = look(&first);

    assert_true(found.state == IUM_FRESHNESS_NONE || found.state == IUM_FRESHNESS_SET);
    generation_now = found.generation;
    return found.digest[0];
}

/* Cuts the power at each command of the operation, before it and behind it. Every state that is left is the old or the new one, and
 * goes on; both come up. */
static void cut_everywhere(int64_t (*operation)(void), uint8_t old, uint8_t new)
{
    const struct model_tpm before = *model;
    const uint64_t generation = generation_now;
    unsigned olds = 0, news = 0;
    int ended = 99;

    for (uint32_t cut = 0; ended == 99; cut++) {
        *model = before;
        generation_now = generation;
        model->cut_at = before.commands + cut / 2;
        model->cut_behind = cut % 2 != 0;
        ended = boot(operation);
        assert_true(ended == 99 || ended == 0);
        model->cut_at = UINT32_MAX;
        uint8_t left = remembered();

        assert_true(left == old || left == new);
        assert_true(ended == 99 || left == new);
        assert_true(cut != 0 || left == old);
        olds += left == old;
        news += left == new;
        assert_int_equal(set(&first, 3, generation_now), IUM_SUCCESS);
        expect_set(&first, 3);
        assert_int_equal(counter_of(&vault)->count, look(&first).generation);
    }
    assert_true(olds > 4 && news >= 1);
}

static void a_power_cut_leaves_the_old_or_the_new(void **state)
{
    (void)state;
    assert_int_equal(remembered(), 0);
    cut_everywhere(set_two, 0, 2); /* the first record of all */
    make(state);
    assert_int_equal(set(&first, 1, 0), IUM_SUCCESS);
    assert_int_equal(remembered(), 1);
    cut_everywhere(set_two, 1, 2);
    make(state);
    assert_int_equal(set(&first, 1, 0), IUM_SUCCESS);
    *record_of(&vault) = (struct model_index){ 0 };
    assert_int_equal(remembered(), 0);
    cut_everywhere(set_two, 0, 2); /* on a counter that is there */
    make(state);
    assert_int_equal(set(&first, 1, 0), IUM_SUCCESS);
    assert_int_equal(remembered(), 1);
    cut_everywhere(forget, 1, 0);
}

/* Cut between the record and the counter, and again at each command of finishing that. */
static void an_unfinished_commit_is_finished(void **state)
{
    struct model_tpm cut;

    (void)state;
    assert_int_equal(set(&first, 1, 0), IUM_SUCCESS);
    assert_int_equal(remembered(), 1);
    counter_of(&vault)->count--;
    cut = *model;
    assert_int_equal(remembered(), 1);
    assert_int_equal(counter_of(&vault)->count, generation_now);
    *model = cut;
    cut_everywhere(set_two, 1, 2);
}

static void answers_take_their_time(void **state)
{
    struct ium_freshness found;
    uint8_t digest[32] = { 5 };
    unsigned calls = 0;

    (void)state;
    model_delay = 17;
    while (freshness_set(&first, digest, 0) == IUM_AGAIN) {
        calls++;
        assert_true(calls < ENOUGH);
    }
    assert_true(calls > 17 * 4);
    model->warn = 3;
    assert_int_equal(get(&first, &found), IUM_SUCCESS);
    assert_int_equal(found.digest[0], 5);
}

/* Whoever comes drives; who came second has its turn, though the first asks again and again. */
static void threads_take_turns(void **state)
{
    struct ium_freshness mine, others;
    uint8_t digest[32];
    int64_t got = IUM_AGAIN;

    (void)state;
    memset(digest, 6, sizeof(digest));
    assert_int_equal(freshness_get(&first, &mine), IUM_AGAIN);
    assert_int_equal(freshness_set(&second, digest, 0), IUM_AGAIN);
    for (unsigned i = 0; i < ENOUGH; i++) {
        freshness_get(&first, &mine);
    }
    assert_int_equal(freshness_set(&second, digest, 0), IUM_SUCCESS); /* done meanwhile */
    expect_set(&second, 6);
    assert_int_equal(freshness_get(&second, &others), IUM_AGAIN);
    for (unsigned i = 0; i < ENOUGH && got == IUM_AGAIN; i++) {
        got = freshness_get(&first, &mine);
    }
    assert_int_equal(mine.state, IUM_FRESHNESS_NONE);
    assert_int_equal(get(&second, &others), IUM_SUCCESS);
    assert_int_equal(others.digest[0], 6);
}

/* A trustlet that ends at any point of what it wants leaves the old or the new state, and the TPM to the others. */
static void a_thread_ends_in_between(void **state)
{
    unsigned olds = 0, news = 0;

    for (unsigned calls = 1; calls < 40; calls++) {
        uint8_t digest[32], left;
        int64_t status = IUM_AGAIN;

        memset(digest, 2, sizeof(digest));
        make(state);
        assert_int_equal(set(&first, 1, 0), IUM_SUCCESS);
        generation_now = expect_set(&first, 1);
        for (unsigned i = 0; i < calls && status == IUM_AGAIN; i++) {
            status = freshness_set(&first, digest, generation_now);
        }
        freshness_forget(&first);
        expect_state(&second, IUM_FRESHNESS_NONE);
        left = remembered();
        assert_true(left == 2 || (left == 1 && status == IUM_AGAIN));
        olds += left == 1;
        news += left == 2;
    }
    assert_true(olds > 5 && news > 5);
    assert_int_equal(freshness_reset(&second), IUM_AGAIN);
    assert_int_equal(freshness_reset(&first), IUM_AGAIN); /* waits */
    freshness_forget(&first);
    assert_int_equal(reset(&second), IUM_SUCCESS);
    expect_set(&first, 2);
}

/* Another call of the same thread gives the first one up. */
static void a_thread_changes_its_mind(void **state)
{
    uint8_t digest[32] = { 2 };

    (void)state;
    assert_int_equal(set(&first, 1, 0), IUM_SUCCESS);
    generation_now = expect_set(&first, 1);
    assert_int_equal(freshness_set(&first, digest, generation_now), IUM_AGAIN);
    assert_int_equal(remembered(), 1);
    assert_int_equal(set(&first, 3, generation_now), IUM_SUCCESS);
    expect_set(&first, 3);
}

static void a_tpm_that_never_answers(void **state)
{
    struct ium_freshness found = { .generation = 7 };

    (void)state;
    model_delay = UINT32_MAX;
    for (unsigned i = 0; i < ENOUGH; i++) {
        assert_int_equal(freshness_get(&first, &found), IUM_AGAIN);
    }
    hv_time += UINT64_C(200000000);
    assert_int_equal(freshness_get(&first, &found), IUM_DEVICE_FAILED);
    assert_int_equal(found.generation, 7);
    assert_int_equal(model_cancels, 1);
    assert_int_equal(log_lines, 1);
    model_delay = 0;
    expect_state(&first, IUM_FRESHNESS_NONE);
}

/* VTL0 runs the trustlet once in half a minute: the TPM has done each command by then, and none is taken back. */
static void calls_that_come_late(void **state)
{
    uint8_t digest[32];
    int64_t status = IUM_AGAIN;

    (void)state;
    memset(digest, 4, sizeof(digest));
    for (unsigned i = 0; i < ENOUGH && status == IUM_AGAIN; i++) {
        status = freshness_set(&first, digest, 0);
        hv_time += UINT64_C(300000000);
    }
    assert_int_equal(status, IUM_SUCCESS);
    assert_int_equal(model_cancels + log_lines, 0);
    expect_set(&first, 4);
}

/* Whatever the TPM refuses at whichever command: the call fails, and the next one finds the old state or the new one. */
static void a_tpm_that_refuses(void **state)
{
    static const uint32_t codes[] = { 0x14B, 0x9A2, 0x101, 0x921, 0x18B, 0x149 };
    unsigned failed = 0;

    for (unsigned n = 0; n < 8 * sizeof(codes) / sizeof(codes[0]); n++) {
        int64_t status;

        make(state);
        assert_int_equal(set(&first, 1, 0), IUM_SUCCESS);
        generation_now = expect_set(&first, 1);
        model->refuse_at = model->commands + n % 8;
        model->refuse_with = codes[n / 8];
        status = set(&first, 2, generation_now);
        model->refuse_at = UINT32_MAX;
        assert_true(status == IUM_DEVICE_FAILED || status == IUM_BAD_ARGUMENT || n % 8 >= 6);
        assert_true(remembered() == (n % 8 >= 5 ? 2 : 1));
        failed += status == IUM_DEVICE_FAILED;
    }
    assert_true(failed >= 20);
}

static void an_owner_with_a_password(void **state)
{
    (void)state;
    model->owner_has_password = true;
    expect_state(&first, IUM_FRESHNESS_NONE);
    assert_int_equal(set(&first, 1, 0), IUM_DEVICE_FAILED);
    model->owner_has_password = false;
    assert_int_equal(set(&first, 1, 0), IUM_SUCCESS);
    model->owner_has_password = true;
    assert_int_equal(set(&first, 2, expect_set(&first, 1)), IUM_SUCCESS); /* only making and deleting is the owner's */
    assert_int_equal(reset(&first), IUM_DEVICE_FAILED);
    expect_set(&first, 2);
}

/* The root is drawn at random: nothing of it is put into the TPM, and what is there is not seen. */
static void a_root_of_this_boot(void **state)
{
    struct ium_freshness found;
    uint32_t commands;

    (void)state;
    assert_int_equal(set(&first, 1, 0), IUM_SUCCESS);
    commands = model->commands;
    bench_root_lasts = false;
    assert_int_equal(freshness_get(&first, &found), IUM_SUCCESS);
    assert_int_equal(found.state, IUM_FRESHNESS_NONE);
    assert_int_equal(found.lasting, 0);
    assert_int_equal(set(&first, 2, 0), IUM_SUCCESS);
    assert_int_equal(get(&first, &found), IUM_SUCCESS);
    assert_int_equal(found.digest[0], 2);
    assert_int_equal(set(&first, 3, found.generation + 1), IUM_BAD_ARGUMENT);
    assert_int_equal(set(&first, 3, found.generation), IUM_SUCCESS);
    vault.image.security_version++; /* another version has its own */
    assert_int_equal(get(&first, &found), IUM_SUCCESS);
    assert_int_equal(found.state, IUM_FRESHNESS_NONE);
    vault.image.security_version--;
    assert_int_equal(reset(&first), IUM_SUCCESS);
    assert_int_equal(get(&first, &found), IUM_SUCCESS);
    assert_int_equal(found.state, IUM_FRESHNESS_NONE);
    assert_int_equal(model->commands, commands);
    bench_root_lasts = true;
    expect_set(&first, 1);
}

/* As many owners as there is room for, and none more. */
static void memory_has_an_end(void **state)
{
    struct process many = vault;
    struct thread thread = { .process = &many };

    (void)state;
    bench_root_lasts = false;
    for (uint8_t i = 0; i < FRESHNESS_MEMORY_SLOTS; i++) {
        many.image.identity[9] = i; /* 0 is the vault itself, which has a slot already */
        assert_int_equal(set(&thread, i, 0), IUM_SUCCESS);
    }
    many.image.identity[9] = 99;
    assert_int_equal(set(&thread, 1, 0), IUM_NO_MEMORY);
    assert_int_equal(reset(&thread), IUM_SUCCESS);
    bench_root_lasts = true;
}

static void the_clock_never_goes_back(void **state)
{
    uint64_t clock = look(&first).clock, now = hv_time;

    (void)state;
    assert_true(clock >= 5000);
    hv_time += 10000 * UINT64_C(250);
    assert_in_range(look(&first).clock, clock + 250, clock + 252);
    clock = look(&first).clock;
    hv_time = now; /* a processor that is behind */
    assert_true(look(&first).clock >= clock);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, make)
    const struct CMUnitTest tests[] = {
        TEST(a_power_cut_leaves_the_old_or_the_new), TEST(an_unfinished_commit_is_finished), TEST(answers_take_their_time),
        TEST(threads_take_turns), TEST(a_thread_ends_in_between), TEST(a_thread_changes_its_mind), TEST(a_tpm_that_never_answers),
        TEST(calls_that_come_late), TEST(a_tpm_that_refuses), TEST(an_owner_with_a_password), TEST(a_root_of_this_boot),
        TEST(memory_has_an_end), TEST(the_clock_never_goes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
