/* The allocator: what it gives, what it wipes, what it ends the process for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <ium/exit.h>
#include <ium/guard.h>
#include <ium/heap.h>
#include <ium/syscalls.h>

#define SIZE 8192u
#define COST 32u

uintptr_t __stack_chk_guard = (uintptr_t)0x123456789ABCDE00;
static uint8_t memory[SIZE + 16] __attribute__((aligned(16)));
static jmp_buf ended;
static uint32_t exit_code;

_Noreturn void ium_exit(uint32_t code)
{
    exit_code = code;
    longjmp(ended, 1);
}

static int fresh(void **state)
{
    (void)state;
    exit_code = 0;
    memset(memory, 0, sizeof(memory));
    ium_heap_start(memory, SIZE);
    return 0;
}

/* Does freeing it end the process? */
static bool ends(void *block)
{
    if (setjmp(ended) == 0) {
        ium_free(block);
        return false;
    }
    return exit_code == IUM_EXIT_HEAP_MISUSED;
}

static bool all_zero(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

static void gives_and_takes_back(void **state)
{
    uint8_t *a = ium_malloc(1), *b = ium_malloc(100), *c = ium_calloc(10, 10);

    (void)state;
    assert_true(a != NULL && b != NULL && c != NULL);
    assert_true((uintptr_t)a % 16 == 0 && (uintptr_t)b % 16 == 0 && (uintptr_t)c % 16 == 0);
    assert_true(b >= a + 1 + COST && c >= b + 100 + COST);
    ium_free(b);
    ium_free(a);
    ium_free(c);
    ium_free(NULL);
    assert_int_equal(ium_heap_free_bytes(), SIZE - COST);
    assert_non_null(ium_malloc(SIZE - COST));
    assert_int_equal(ium_heap_free_bytes(), 0);
}

static void says_no(void **state)
{
    (void)state;
    assert_null(ium_malloc(0));
    assert_null(ium_malloc(SIZE - COST + 1));
    assert_null(ium_malloc(SIZE_MAX));
    assert_null(ium_malloc(SIZE_MAX - 47));
    assert_null(ium_calloc(SIZE_MAX / 2 + 1, 2));
    assert_null(ium_calloc(0, 5));
    ium_heap_start(NULL, 0);
    assert_null(ium_malloc(1));
    assert_int_equal(ium_heap_free_bytes(), 0);
}

/* What was in a block is nowhere any more, and a new one is zero. */
static void wipes(void **state)
{
    uint8_t *a = ium_malloc(200), *b = ium_malloc(200), *c = ium_malloc(200);

    (void)state;
    memset(a, 'A', 200);
    memset(b, 'B', 200);
    memset(c, 'C', 200);
    ium_free(b);
    assert_true(all_zero(b, 200));
    ium_free(a);
    assert_true(all_zero(a, 400 + COST));
    b = ium_malloc(432);
    assert_ptr_equal(b, a);
    assert_true(all_zero(b, 432));
    assert_int_equal(c[0], 'C');
}

static void ends_for_misuse(void **state)
{
    uint8_t *a = ium_malloc(64), *b = ium_malloc(64);

    (void)state;
    ium_free(a);
    assert_true(ends(a));
    assert_true(ends(b + 16));
    assert_true(ends(b + 1));
    assert_true(ends(memory));
    assert_true(ends(memory + sizeof(memory)));
    assert_true(ends(&exit_code));
    assert_false(ends(b));
}

static void ends_for_overflow(void **state)
{
    uint8_t *a = ium_malloc(64), *b = ium_malloc(64);

    (void)state;
    a[64] ^= 1;
    assert_true(ends(a));
    a[64] ^= 1;
    a[72] ^= 1;
    assert_true(ends(a));
    a[72] ^= 1;
    b[-8] ^= 1;
    assert_true(ends(b));
    b[-16] ^= 0x40;
    assert_true(ends(b));
    assert_false(ends(a));
}

/* A tag copied from elsewhere is none: the mark has its address in it. */
static void a_copied_tag_is_none(void **state)
{
    uint8_t *a = ium_malloc(64), *b = ium_malloc(256);

    (void)state;
    memcpy(b + 16, a - 16, 96);
    assert_true(ends(b + 32));
}

/* An allocation walks over damage as well. */
static void a_walk_ends_too(void **state)
{
    uint8_t *a = ium_malloc(64);
    volatile bool came_back = false;

    (void)state;
    memset(a + 64, 0xFF, 32);
    if (setjmp(ended) == 0) {
        came_back = ium_malloc(64) != NULL;
    }
    assert_false(came_back);
    assert_int_equal(exit_code, IUM_EXIT_HEAP_MISUSED);
}

/* Ten thousand steps by chance against a list of what was given: no overlap, contents stay, everything comes back. */
static void by_chance(void **state)
{
    static struct {
        uint8_t *at;
        size_t size;
    } given[40];

    (void)state;
    srand(20261126);
    for (unsigned step = 0; step < 10000; step++) {
        unsigned i = (unsigned)rand() % 40;

        if (given[i].at != NULL) {
            for (size_t k = 0; k < given[i].size; k++) {
                assert_int_equal(given[i].at[k], (uint8_t)i);
            }
            ium_free(given[i].at);
            given[i].at = NULL;
            continue;
        }
        given[i].size = 1 + (size_t)rand() % 400;
        given[i].at = ium_malloc(given[i].size);
        if (given[i].at != NULL) {
            assert_true(all_zero(given[i].at, given[i].size));
            memset(given[i].at, (int)i, given[i].size);
        }
    }
    for (unsigned i = 0; i < 40; i++) {
        ium_free(given[i].at);
    }
    assert_int_equal(ium_heap_free_bytes(), SIZE - COST);
    assert_true(all_zero(memory + 16, SIZE - COST));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(gives_and_takes_back, fresh), cmocka_unit_test_setup(says_no, fresh),
        cmocka_unit_test_setup(wipes, fresh), cmocka_unit_test_setup(ends_for_misuse, fresh),
        cmocka_unit_test_setup(ends_for_overflow, fresh), cmocka_unit_test_setup(a_copied_tag_is_none, fresh),
        cmocka_unit_test_setup(a_walk_ends_too, fresh), cmocka_unit_test_setup(by_chance, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
