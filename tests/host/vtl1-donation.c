/* Memory from VTL0 and back: all or nothing, out of reach before use, zero before it goes back. */
#include "vtl1-arena.h"

#include <string.h>

#include <abi/tlfs.h>

#include <sk/donation.h>
#include <sk/hypercall.h>
#include <sk/kernel_space.h>
#include <sk/page_alloc.h>
#include <sk/page_table.h>
#include <sk/secure_call.h>
#include <sk/vtl0_memory.h>

#define RAM        ARENA_BASE
#define RAM_PAGES  8u
#define EVERY      0xFu

static const struct vtl1_boot_block block = {
    .region_base = ARENA_BASE + ARENA_FREE * 4096,
    .region_size = (ARENA_PAGES - ARENA_FREE) * 4096,
    .ram_range_count = 1,
    .ram = { { RAM, RAM_PAGES * 4096 } },
};

static uint8_t rights[ARENA_PAGES]; /* VTL0's */
static unsigned protect_calls, refuse_at, tables_left;

const struct vtl1_boot_block *secure_call_block(void)
{
    return &block;
}

bool direct_map_reaches(gpa_t page)
{
    return page.value != RAM + 7 * PAGE_SIZE;
}

bool direct_map_prepare(gpa_t page)
{
    (void)page;
    return tables_left-- != 0;
}

static uint64_t number_of(gpa_t page)
{
    return (page.value - ARENA_BASE) >> PAGE_SHIFT;
}

void direct_map_add(gpa_t page)
{
    assert_int_equal(rights[number_of(page)], 0); /* never VTL1's while VTL0 has a right */
    arena_entries[number_of(page)] = page.value | PAGE_KERNEL_RW | PTE_GIVEN;
}

void direct_map_remove(gpa_t page)
{
    assert_int_equal(rights[number_of(page)], 0);
    arena_entries[number_of(page)] = 0;
}

uint16_t hypercall_protect_pages(const uint64_t *pages, uint32_t count, uint32_t to)
{
    protect_calls++;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t number = pages[i] - (ARENA_BASE >> PAGE_SHIFT);
        static const uint8_t zero[4096];

        assert_in_range(number, 0, RAM_PAGES - 1);
        if (to == 0 && i == refuse_at) {
            return HV_STATUS_ACCESS_DENIED;
        }
        if (to != 0 && arena_entries[number] == 0 && rights[number] == 0 && refuse_at == UINT32_MAX) {
            assert_memory_equal(arena + number * 4096, zero, sizeof(zero));
        }
        rights[number] = (uint8_t)to;
    }
    return HV_STATUS_SUCCESS;
}

static int setup(void **state)
{
    arena_setup(state);
    memset(rights, EVERY, sizeof(rights));
    protect_calls = 0;
    refuse_at = UINT32_MAX;
    tables_left = UINT32_MAX;
    return 0;
}

static int teardown(void **state)
{
    struct secure_range out[RAM_PAGES];

    (void)state;
    refuse_at = UINT32_MAX;
    donation_return(RAM_PAGES, out, RAM_PAGES);
    assert_int_equal(donation_pages(), 0);
    return 0;
}

static struct secure_range range(uint64_t page, uint64_t pages)
{
    return (struct secure_range){ RAM + page * PAGE_SIZE, pages };
}

static void taken_pages_are_zero_and_usable(void **state)
{
    const struct secure_range ranges[] = { range(1, 2), range(5, 1) };
    size_t before = page_count_free();
    gpa_t page;

    (void)state;
    assert_int_equal(donation_take(ranges, 2), SECURE_STATUS_SUCCESS);
    assert_int_equal(donation_pages(), 3);
    assert_int_equal(page_count_free(), before + 3);
    for (unsigned i = 0; i < 3; i++) {
        static const uint8_t zero[4096];

        assert_true(page_alloc(&page));
        assert_in_range(number_of(page), 1, 5);
        assert_memory_equal(direct_map(page), zero, sizeof(zero));
        memset(direct_map(page), 0x99, PAGE_SIZE);
        page_free(page);
    }
    assert_false(vtl0_owns(gpa(RAM + PAGE_SIZE)));
    assert_true(vtl0_owns(gpa(RAM)));
}

static void refuse(const struct secure_range *ranges, uint32_t count, enum secure_status status)
{
    size_t before = page_count_free();

    assert_int_equal(donation_take(ranges, count), status);
    assert_int_equal(page_count_free(), before);
    assert_int_equal(donation_pages(), 0);
    for (unsigned i = 0; i < RAM_PAGES; i++) {
        assert_int_equal(rights[i], EVERY);
        assert_int_equal(arena_entries[i], 0);
    }
}

static void bad_ranges_change_nothing(void **state)
{
    const struct secure_range empty = range(0, 0), many = range(0, SECURE_DONATION_MAX + 1), outside = range(6, 3);
    const struct secure_range odd = { RAM + 16, 1 }, region = { block.region_base, 1 }, wraps = { UINT64_MAX - 4095, 2 };
    const struct secure_range twice[] = { range(0, 2), range(1, 1) }, second_bad[] = { range(0, 2), region };
    const struct secure_range unreachable = range(7, 1);

    (void)state;
    refuse(&empty, 0, SECURE_STATUS_BAD_SIZE);
    refuse(&empty, 1, SECURE_STATUS_BAD_SIZE);
    refuse(&many, 1, SECURE_STATUS_BAD_SIZE);
    refuse(&outside, 1, SECURE_STATUS_BAD_MEMORY);
    refuse(&odd, 1, SECURE_STATUS_BAD_MEMORY);
    refuse(&region, 1, SECURE_STATUS_BAD_MEMORY);
    refuse(&wraps, 1, SECURE_STATUS_BAD_MEMORY);
    refuse(twice, 2, SECURE_STATUS_BAD_MEMORY);
    refuse(second_bad, 2, SECURE_STATUS_BAD_MEMORY);
    refuse(&unreachable, 1, SECURE_STATUS_BAD_MEMORY);
    assert_int_equal(protect_calls, 0);
}

static void what_the_hypervisor_refuses_goes_back(void **state)
{
    const struct secure_range three = range(0, 3);

    (void)state;
    for (refuse_at = 0; refuse_at < 3; refuse_at++) {
        refuse(&three, 1, SECURE_STATUS_BAD_MEMORY);
    }
}

static void tables_may_run_out(void **state)
{
    const struct secure_range three = range(0, 3);

    (void)state;
    for (unsigned left = 0; left < 3; left++) {
        tables_left = left;
        refuse(&three, 1, SECURE_STATUS_NO_RESOURCES);
    }
}

static void a_page_is_taken_once(void **state)
{
    const struct secure_range one = range(3, 1), around = range(2, 3);

    (void)state;
    assert_int_equal(donation_take(&one, 1), SECURE_STATUS_SUCCESS);
    assert_int_equal(donation_take(&one, 1), SECURE_STATUS_BAD_MEMORY);
    assert_int_equal(donation_take(&around, 1), SECURE_STATUS_BAD_MEMORY);
    assert_int_equal(donation_pages(), 1);
    assert_int_equal(rights[2], EVERY);
}

static void only_free_pages_go_back(void **state)
{
    const struct secure_range four = range(0, 4);
    struct secure_range out[4];
    uint64_t pages = 0;
    uint32_t count;
    gpa_t used;

    (void)state;
    assert_int_equal(donation_take(&four, 1), SECURE_STATUS_SUCCESS);
    assert_true(page_alloc(&used));
    count = donation_return(10, out, 4);
    for (uint32_t i = 0; i < count; i++) {
        pages += out[i].pages;
    }
    assert_int_equal(pages, 3);
    assert_int_equal(donation_pages(), 1);
    assert_int_equal(rights[number_of(used)], 0);
    page_free(used);
    assert_int_equal(donation_return(10, out, 4), 1);
    assert_int_equal(out[0].gpa, used.value);
    assert_int_equal(donation_return(10, out, 4), 0);
}

static void no_more_goes_back_than_fits(void **state)
{
    const struct secure_range apart[] = { range(0, 1), range(2, 1), range(4, 1) };
    struct secure_range out[3];

    (void)state;
    assert_int_equal(donation_take(apart, 3), SECURE_STATUS_SUCCESS);
    assert_int_equal(donation_return(10, out, 2), 2);
    assert_int_equal(donation_pages(), 1);
    assert_int_equal(donation_return(0, out, 2), 0);
    assert_int_equal(donation_pages(), 1);
}

static void freeing_a_free_page_stops_the_kernel(void **state)
{
    const struct secure_range one = range(3, 1);
    gpa_t page;

    (void)state;
    assert_int_equal(donation_take(&one, 1), SECURE_STATUS_SUCCESS);
    assert_true(page_alloc(&page));
    page_free(page);
    expect_assert_failure(page_free(page));
    expect_assert_failure(page_free(gpa_add(page, 8)));
    expect_assert_failure(page_free(gpa(RAM)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(taken_pages_are_zero_and_usable, setup, teardown),
        cmocka_unit_test_setup_teardown(bad_ranges_change_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(what_the_hypervisor_refuses_goes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(tables_may_run_out, setup, teardown),
        cmocka_unit_test_setup_teardown(a_page_is_taken_once, setup, teardown),
        cmocka_unit_test_setup_teardown(only_free_pages_go_back, setup, teardown),
        cmocka_unit_test_setup_teardown(no_more_goes_back_than_fits, setup, teardown),
        cmocka_unit_test_setup_teardown(freeing_a_free_page_stops_the_kernel, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
