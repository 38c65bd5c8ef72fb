/* Freshness over a model of a TPM: what trustlets are told, and what becomes of records that somebody else has put there. */
#include "vtl1-freshness-bench.h"

#include <string.h>

#include <sk/freshness_index.h>

static void set_and_get(void **state)
{
    uint64_t generation;

    (void)state;
    expect_state(&first, IUM_FRESHNESS_NONE);
    assert_int_equal(set(&first, 1, 0), IUM_SUCCESS);
    generation = expect_set(&first, 1);
    assert_int_equal(generation, 101); /* the counter begins above those that were deleted */
    for (uint8_t i = 2; i < 6; i++) {
        assert_int_equal(set(&first, i, generation++), IUM_SUCCESS);
        assert_int_equal(expect_set(&first, i), generation);
        assert_int_equal(counter_of(&vault)->count, generation);
    }
}

static void another_generation_changes_nothing(void **state)
{
    uint64_t generation;

    (void)state;
    assert_int_equal(set(&first, 1, 1), IUM_BAD_ARGUMENT);
    assert_int_equal(set(&first, 1, 0), IUM_SUCCESS);
    generation = expect_set(&first, 1);
    assert_int_equal(set(&first, 2, generation + 1), IUM_BAD_ARGUMENT);
    assert_int_equal(set(&first, 2, generation - 1), IUM_BAD_ARGUMENT);
    assert_int_equal(set(&first, 2, 0), IUM_BAD_ARGUMENT);
    assert_int_equal(expect_set(&first, 1), generation);
    assert_int_equal(set(&first, 2, generation), IUM_SUCCESS);
    assert_int_equal(set(&first, 2, generation), IUM_BAD_ARGUMENT); /* the answer is handed out once */
}

/* Nobody but who knows the password may read or write, and guessing is not counted against everybody. */
static void the_attributes(void **state)
{
    const uint32_t rights = TPM_NV_AUTHREAD | TPM_NV_AUTHWRITE | TPM_NV_NO_DA | TPM_NV_WRITTEN;

    (void)state;
    assert_int_equal(set(&first, 1, 0), IUM_SUCCESS);
    assert_int_equal(record_of(&vault)->attributes, rights);
    assert_int_equal(counter_of(&vault)->attributes, rights | TPM_NV_COUNTER);
    assert_int_equal(record_of(&vault)->auth_size, 32);
    assert_memory_not_equal(record_of(&vault)->auth, counter_of(&vault)->auth, 32);
    assert_in_range(record_of(&vault)->handle, 0x01800000, 0x01BFFFFE);
    assert_int_equal(counter_of(&vault)->handle, record_of(&vault)->handle + 1);
}

static void forgetting_never_repeats_a_generation(void **state)
{
    uint64_t generation;

    (void)state;
    assert_int_equal(reset(&first), IUM_SUCCESS);
    assert_int_equal(set(&first, 1, 0), IUM_SUCCESS);
    generation = expect_set(&first, 1);
    assert_int_equal(reset(&first), IUM_SUCCESS);
    assert_null(record_of(&vault));
    expect_state(&first, IUM_FRESHNESS_NONE);
    assert_int_equal(set(&first, 2, generation), IUM_BAD_ARGUMENT);
    assert_int_equal(set(&first, 2, 0), IUM_SUCCESS);
    assert_true(expect_set(&first, 2) > generation);
}

static void two_identities(void **state)
{
    uint64_t generation;

    (void)state;
    assert_int_equal(set(&first, 1, 0), IUM_SUCCESS);
    expect_state(&second, IUM_FRESHNESS_NONE);
    assert_int_equal(set(&second, 9, 0), IUM_SUCCESS);
    generation = expect_set(&second, 9);
    assert_int_equal(set(&second, 8, generation), IUM_SUCCESS);
    expect_set(&first, 1);
    expect_set(&second, 8);
    vault.image.flags = SIGNED_IMAGE_DEBUG; /* a debug build is somebody else */
    expect_state(&first, IUM_FRESHNESS_NONE);
}

/* Identities whose numbers are the same. */
static void a_collision_is_foreign(void **state)
{
    struct process twin = { .image = { .identity = { 0, 2, 3, 0, 1 } } };
    struct thread third = { .process = &twin };

    (void)state;
    assert_int_equal(set(&first, 1, 0), IUM_SUCCESS);
    assert_ptr_equal(record_of(&twin), record_of(&vault));
    expect_state(&third, IUM_FRESHNESS_FOREIGN);
    assert_int_equal(set(&third, 2, 0), IUM_BAD_ARGUMENT);
    expect_set(&first, 1);
}

static void another_root_is_foreign(void **state)
{
    (void)state;
    assert_int_equal(set(&first, 1, 0), IUM_SUCCESS);
    bench_root = 2;
    expect_state(&first, IUM_FRESHNESS_FOREIGN);
    assert_int_equal(set(&first, 2, 0), IUM_BAD_ARGUMENT);
    assert_int_equal(reset(&first), IUM_SUCCESS);
    expect_state(&first, IUM_FRESHNESS_NONE);
    assert_int_equal(set(&first, 2, 0), IUM_SUCCESS);
    expect_set(&first, 2);
}

/* An update and the version before it: one place, in which each finds the other's. */
static void another_version_is_foreign(void **state)
{
    struct model_index *record;

    (void)state;
    assert_int_equal(set(&first, 1, 0), IUM_SUCCESS);
    record = record_of(&vault);
    vault.image.security_version = 2;
    assert_ptr_equal(record_of(&vault), record);
    expect_state(&first, IUM_FRESHNESS_FOREIGN);
    assert_int_equal(set(&first, 2, 0), IUM_BAD_ARGUMENT);
    vault.image.security_version = 1;
    expect_set(&first, 1);
    vault.image.security_version = 2;
    assert_int_equal(reset(&first), IUM_SUCCESS);
    assert_int_equal(set(&first, 2, 0), IUM_SUCCESS);
    expect_set(&first, 2);
    vault.image.security_version = 1;
    expect_state(&first, IUM_FRESHNESS_FOREIGN);
}

static void another_index_in_its_place_is_foreign(void **state)
{
    struct model_index good;

    (void)state;
    assert_int_equal(set(&first, 1, 0), IUM_SUCCESS);
    good = *record_of(&vault);
    for (unsigned bit = 0; bit < 32; bit++) {
        if (bit != 29) { /* without WRITTEN nothing is there */
            record_of(&vault)->attributes ^= UINT32_C(1) << bit;
            expect_state(&first, IUM_FRESHNESS_FOREIGN);
            *record_of(&vault) = good;
        }
    }
    record_of(&vault)->size--;
    expect_state(&first, IUM_FRESHNESS_FOREIGN);
    *record_of(&vault) = good;
    for (unsigned at = 0; at < FRESHNESS_RECORD_SIZE; at++) { /* who knows the password, but not the root */
        record_of(&vault)->data[at] ^= 1;
        expect_state(&first, IUM_FRESHNESS_FOREIGN);
        *record_of(&vault) = good;
    }
    counter_of(&vault)->auth[31] ^= 1;
    expect_state(&first, IUM_FRESHNESS_FOREIGN);
}

/* Somebody who knows the passwords makes both again, with what was in them before. */
static void an_old_record_is_found_out(void **state)
{
    struct model_index old, now, counter;

    (void)state;
    assert_int_equal(set(&first, 1, 0), IUM_SUCCESS);
    old = *record_of(&vault);
    assert_int_equal(set(&first, 2, expect_set(&first, 1)), IUM_SUCCESS);
    now = *record_of(&vault);
    counter = *counter_of(&vault);
    *record_of(&vault) = old;
    expect_state(&first, IUM_FRESHNESS_ROLLED_BACK);
    assert_int_equal(set(&first, 3, 0), IUM_BAD_ARGUMENT);
    assert_int_equal(set(&first, 3, 101), IUM_BAD_ARGUMENT);
    *record_of(&vault) = now;
    counter_of(&vault)->count -= 2; /* no TPM does that */
    expect_state(&first, IUM_FRESHNESS_ROLLED_BACK);
    *counter_of(&vault) = (struct model_index){ 0 };
    expect_state(&first, IUM_FRESHNESS_ROLLED_BACK);
    assert_int_equal(reset(&first), IUM_SUCCESS);
    expect_state(&first, IUM_FRESHNESS_NONE);
    assert_true(counter.count > old.count);
}

/* Deleted is deleted, and what is set then is no old generation. */
static void who_deletes_the_record_leaves_nothing(void **state)
{
    uint64_t generation;

    (void)state;
    assert_int_equal(set(&first, 1, 0), IUM_SUCCESS);
    generation = expect_set(&first, 1);
    *record_of(&vault) = (struct model_index){ 0 };
    expect_state(&first, IUM_FRESHNESS_NONE);
    assert_int_equal(set(&first, 2, 0), IUM_SUCCESS);
    assert_true(expect_set(&first, 2) > generation);
}

/* Where there is an index with nothing in it, whoever made it, a first record can be made. */
static void an_empty_index_is_in_nobodys_way(void **state)
{
    (void)state;
    assert_int_equal(set(&first, 1, 0), IUM_SUCCESS);
    record_of(&vault)->attributes &= ~TPM_NV_WRITTEN;
    record_of(&vault)->auth[0] ^= 1;
    counter_of(&vault)->attributes &= ~TPM_NV_WRITTEN;
    counter_of(&vault)->auth[0] ^= 1;
    expect_state(&first, IUM_FRESHNESS_NONE);
    assert_int_equal(set(&first, 2, 0), IUM_SUCCESS);
    expect_set(&first, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, make)
    const struct CMUnitTest tests[] = {
        TEST(set_and_get), TEST(another_generation_changes_nothing), TEST(the_attributes), TEST(forgetting_never_repeats_a_generation),
        TEST(two_identities), TEST(a_collision_is_foreign), TEST(another_root_is_foreign), TEST(another_version_is_foreign),
        TEST(another_index_in_its_place_is_foreign), TEST(an_old_record_is_found_out), TEST(who_deletes_the_record_leaves_nothing),
        TEST(an_empty_index_is_in_nobodys_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
