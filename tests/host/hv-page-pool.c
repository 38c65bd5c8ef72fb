#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/page_pool.h>

#include <cmocka.h>

#define PAGES 8u
#define BASE  UINT64_C(0x123450000)

static struct page_pool pool;
static uint8_t *memory;

static int setup(void **state)
{
    (void)state;
    memory = aligned_alloc(PAGE_SIZE, PAGES * PAGE_SIZE);
    memset(memory, 0, PAGES * PAGE_SIZE);
    page_pool_init(&pool, memory, hpa(BASE), PAGES);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(memory);
    return 0;
}

static bool is_zero(const uint8_t *page)
{
    for (size_t i = 0; i < PAGE_SIZE; i++) {
        if (page[i] != 0) {
            return false;
        }
    }
    return true;
}

static void test_gives_each_page_once(void **state)
{
    bool seen[PAGES] = { false };

    (void)state;
    for (unsigned i = 0; i < PAGES; i++) {
        uint8_t *page = page_pool_get(&pool);
        assert_non_null(page);
        uint64_t index = (uint64_t)(page - memory) / PAGE_SIZE;
        assert_true(index < PAGES && page == memory + index * PAGE_SIZE);
        assert_false(seen[index]);
        seen[index] = true;
        memset(page, 0xA5, PAGE_SIZE);
    }
    assert_null(page_pool_get(&pool));
    assert_null(page_pool_get(&pool));
}

static void test_returned_pages_come_back_zeroed(void **state)
{
    uint8_t *pages[PAGES];

    (void)state;
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < PAGES; i++) {
            pages[i] = page_pool_get(&pool);
            assert_non_null(pages[i]);
            assert_true(is_zero(pages[i]));
            memset(pages[i], 0xFF, PAGE_SIZE);
        }
        assert_null(page_pool_get(&pool));
        for (unsigned i = 0; i < PAGES; i++) {
            page_pool_put(&pool, pages[(i * 3) % PAGES]);
        }
    }
}

static void test_put_wipes_at_once(void **state)
{
    (void)state;
    uint8_t *page = page_pool_get(&pool);
    memset(page, 0x5A, PAGE_SIZE);
    page_pool_put(&pool, page);
    for (size_t i = sizeof(void *); i < PAGE_SIZE; i++) {
        assert_int_equal(page[i], 0);
    }
}

static void test_conversions(void **state)
{
    (void)state;
    uint8_t *first = page_pool_get(&pool);
    uint8_t *second = page_pool_get(&pool);

    assert_int_equal(page_pool_address(&pool, first).value, BASE);
    assert_int_equal(page_pool_address(&pool, second).value, BASE + PAGE_SIZE);
    assert_ptr_equal(page_pool_pointer(&pool, hpa(BASE + PAGE_SIZE)), second);
}

static void test_foreign_addresses_are_broken_invariants(void **state)
{
    (void)state;
    uint8_t *page = page_pool_get(&pool);

    expect_assert_failure(page_pool_address(&pool, page + PAGE_SIZE)); /* in the pool, never handed out */
    expect_assert_failure(page_pool_address(&pool, page + PAGES * PAGE_SIZE));
    expect_assert_failure(page_pool_address(&pool, page - PAGE_SIZE));
    expect_assert_failure(page_pool_address(&pool, page + 8));
    expect_assert_failure(page_pool_pointer(&pool, hpa(BASE - PAGE_SIZE)));
    expect_assert_failure(page_pool_pointer(&pool, hpa(BASE + PAGE_SIZE)));
    expect_assert_failure(page_pool_pointer(&pool, hpa(BASE + 1)));
    expect_assert_failure(page_pool_pointer(&pool, hpa(0)));
    expect_assert_failure(page_pool_put(&pool, page + 16));
    expect_assert_failure(page_pool_put(&pool, memory + PAGES * PAGE_SIZE));
}

static void test_bad_set_up_is_a_broken_invariant(void **state)
{
    struct page_pool other;

    (void)state;
    expect_assert_failure(page_pool_init(&other, memory + 1, hpa(BASE), 1));
    expect_assert_failure(page_pool_init(&other, memory, hpa(BASE + 0x800), 1));
    expect_assert_failure(page_pool_init(&other, memory, hpa(BASE), UINT64_MAX / PAGE_SIZE));
}

static void test_empty_pool(void **state)
{
    struct page_pool empty;

    (void)state;
    page_pool_init(&empty, memory, hpa(BASE), 0);
    assert_null(page_pool_get(&empty));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_gives_each_page_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_returned_pages_come_back_zeroed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_put_wipes_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_conversions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_foreign_addresses_are_broken_invariants, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_set_up_is_a_broken_invariant, setup, teardown),
        cmocka_unit_test_setup_teardown(test_empty_pool, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
