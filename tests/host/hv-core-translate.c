/* HvCallTranslateVirtualAddress and ...Ex: accessed and dirty flags in every paging mode, the exceptions, other processors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/guest_memory.h>
#include <hv/hypercalls.h>
#include <hv/inject.h>
#include <hv/partition.h>
#include <hv/walk.h>
#include <hv/x86.h>

#include "hv-core-bench.h"

#include <cmocka.h>

#define TABLE(n) (UINT64_C(0x40000) + (n) * PAGE_SIZE)
#define PAGE     UINT64_C(0x60000)
#define P        UINT64_C(1)
#define W        UINT64_C(2)
#define U        UINT64_C(4)
#define A        UINT64_C(0x20)
#define D        UINT64_C(0x40)
#define LARGE    UINT64_C(0x80)
#define READ     HV_TRANSLATE_READ
#define WRITE    HV_TRANSLATE_WRITE
#define FETCH    HV_TRANSLATE_EXECUTE
#define MARK     HV_TRANSLATE_SET_PAGE_TABLE_BITS
#define OF_VTL0  ((uint64_t)0x10 << HV_TRANSLATE_VTL_SHIFT)
#define OF_VTL1  ((uint64_t)0x11 << HV_TRANSLATE_VTL_SHIFT)

static struct cpu *cpu;
static struct bench_vtl *vtl0;
static struct hv_output_translate_virtual_address_ex out;

static int start(void **state)
{
    (void)state;
    bench_start(2);
    cpu = cpus[0];
    vtl0 = &bench_vtl[0][VTL0];
    bench_enable_vtl1(cpu);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bench_stop();
    return 0;
}

static uint16_t translate_on(uint32_t vp, uint64_t flags, uint64_t address)
{
    const struct hv_input_translate_virtual_address input = {
        .partition_id = HV_PARTITION_ID_SELF, .vp_index = vp, .control_flags = flags, .gva_page = address >> 12,
    };

    memset(&out, 0xEE, sizeof(out));
    return call_translate(cpu, &input, &out);
}

static uint32_t translate(uint64_t flags, uint64_t address)
{
    assert_int_equal(translate_on(HV_VP_INDEX_SELF, flags, address), HV_STATUS_SUCCESS);
    return out.result;
}

static void entry(unsigned table, unsigned index, uint64_t value, size_t size)
{
    bench_poke(TABLE(table) + index * size, &value, size);
}

static uint64_t entry_is(unsigned table, unsigned index, size_t size)
{
    uint64_t value = 0;

    bench_peek(TABLE(table) + index * size, &value, size);
    return value;
}

/* Four levels; the addresses are of 4 KiB, 2 MiB and 1 GiB pages. */
static void long_mode(void)
{
    vtl0->reg[VREG_CR3] = TABLE(0);
    entry(0, 0, TABLE(1) | P | W | U, 8);
    entry(1, 0, TABLE(2) | P | W | U, 8);
    entry(1, 1, 0 | P | W | LARGE, 8);
    entry(2, 0, TABLE(3) | P | W | U, 8);
    entry(2, 1, 0 | P | W | LARGE, 8);
    entry(3, 5, PAGE | P | W, 8);
    entry(3, 6, PAGE | P, 8);
    entry(3, 7, PAGE | P | W | UINT64_C(1) << 63, 8);
}

static void test_four_levels(void **state)
{
    (void)state;
    long_mode();
    assert_int_equal(translate(READ, 5 * PAGE_SIZE), HV_TRANSLATE_SUCCESS);
    assert_int_equal(entry_is(3, 5, 8), PAGE | P | W);
    assert_int_equal(translate(READ | MARK, 5 * PAGE_SIZE), HV_TRANSLATE_SUCCESS);
    assert_int_equal(out.gpa_page, PAGE >> 12);
    assert_int_equal(entry_is(0, 0, 8), TABLE(1) | P | W | U | A);
    assert_int_equal(entry_is(1, 0, 8), TABLE(2) | P | W | U | A);
    assert_int_equal(entry_is(2, 0, 8), TABLE(3) | P | W | U | A);
    assert_int_equal(entry_is(3, 5, 8), PAGE | P | W | A);
    assert_int_equal(translate(READ | WRITE | MARK, 5 * PAGE_SIZE), HV_TRANSLATE_SUCCESS);
    assert_int_equal(entry_is(3, 5, 8), PAGE | P | W | A | D);
    assert_int_equal(entry_is(2, 0, 8), TABLE(3) | P | W | U | A);
}

static void test_large_pages(void **state)
{
    (void)state;
    long_mode();
    assert_int_equal(translate(WRITE | MARK, SIZE_2M), HV_TRANSLATE_SUCCESS);
    assert_int_equal(entry_is(2, 1, 8), P | W | LARGE | A | D);
    assert_int_equal(entry_is(1, 0, 8), TABLE(2) | P | W | U | A);
    assert_int_equal(translate(READ | MARK, SIZE_1G), HV_TRANSLATE_SUCCESS);
    assert_int_equal(entry_is(1, 1, 8), P | W | LARGE | A);
}

/* PAE's top entries have no flag there: what would be one is reserved. */
static void test_pae(void **state)
{
    (void)state;
    vtl0->reg[VREG_EFER] = EFER_NXE;
    vtl0->segment[VSEG_CS].attributes = 0xC09B;
    vtl0->reg[VREG_CR3] = TABLE(0);
    entry(0, 0, TABLE(1) | P, 8);
    entry(1, 0, TABLE(2) | P | W, 8);
    entry(2, 3, PAGE | P | W, 8);
    assert_int_equal(translate(WRITE | MARK, 3 * PAGE_SIZE), HV_TRANSLATE_SUCCESS);
    assert_int_equal(entry_is(0, 0, 8), TABLE(1) | P);
    assert_int_equal(entry_is(1, 0, 8), TABLE(2) | P | W | A);
    assert_int_equal(entry_is(2, 3, 8), PAGE | P | W | A | D);
}

/* Entries of four bytes: the one next to it stays. */
static void test_legacy(void **state)
{
    (void)state;
    vtl0->reg[VREG_EFER] = 0;
    vtl0->reg[VREG_CR4] = 0;
    vtl0->reg[VREG_CR3] = TABLE(0);
    entry(0, 0, TABLE(1) | P | W, 4);
    entry(0, 1, 0x12345678, 4);
    entry(1, 2, PAGE | P | W, 4);
    entry(1, 3, 0x9ABCDEF0, 4);
    assert_int_equal(translate(WRITE | MARK, 2 * PAGE_SIZE), HV_TRANSLATE_SUCCESS);
    assert_int_equal(entry_is(0, 0, 4), TABLE(1) | P | W | A);
    assert_int_equal(entry_is(0, 1, 4), 0x12345678);
    assert_int_equal(entry_is(1, 2, 4), PAGE | P | W | A | D);
    assert_int_equal(entry_is(1, 3, 4), 0x9ABCDEF0);
    vtl0->reg[VREG_CR0] = CR0_PE;
    assert_int_equal(translate(WRITE | MARK, PAGE), HV_TRANSLATE_SUCCESS);
    assert_int_equal(out.gpa_page, PAGE >> 12);
}

/* Nothing is set for what does not succeed; tables that the VTL may not write are a write that is denied. */
static void test_denied(void **state)
{
    (void)state;
    long_mode();
    vtl0->reg[VREG_CR0] |= UINT64_C(1) << 16; /* WP */
    assert_int_equal(translate(WRITE | MARK, 6 * PAGE_SIZE), HV_TRANSLATE_PRIVILEGE_VIOLATION);
    assert_int_equal(translate(READ | MARK, 8 * PAGE_SIZE), HV_TRANSLATE_NOT_PRESENT);
    bench_protect(PAGE, SLAT_R);
    assert_int_equal(translate(WRITE | MARK, 5 * PAGE_SIZE), HV_TRANSLATE_NO_WRITE);
    assert_int_equal(entry_is(0, 0, 8), TABLE(1) | P | W | U);
    bench_protect(PAGE, SLAT_RWX);
    bench_protect(TABLE(3), SLAT_R);
    assert_int_equal(translate(READ, 5 * PAGE_SIZE), HV_TRANSLATE_SUCCESS);
    assert_int_equal(translate(READ | MARK, 5 * PAGE_SIZE), HV_TRANSLATE_NO_WRITE);
    assert_int_equal(entry_is(3, 5, 8), PAGE | P | W);
    cpu->active = VTL1; /* VTL1 asks, with VTL0's rights */
    assert_int_equal(translate(READ | MARK | OF_VTL0, 5 * PAGE_SIZE), HV_TRANSLATE_NO_WRITE);
    entry(3, 5, PAGE | P | W | A, 8);
    assert_int_equal(translate(READ | MARK | OF_VTL0, 5 * PAGE_SIZE), HV_TRANSLATE_SUCCESS); /* nothing to set */
    assert_int_equal(translate(WRITE | MARK | OF_VTL0, 5 * PAGE_SIZE), HV_TRANSLATE_NO_WRITE);
    assert_int_equal(entry_is(3, 5, 8), PAGE | P | W | A);
}

/* Another word than was expected stays, and is given back. */
static void test_exchange(void **state)
{
    (void)state;
    uint64_t seen = 5;

    entry(0, 0, UINT64_C(0x1111111122222222), 8);
    assert_true(guest_exchange(cpu, VTL0, gpa(TABLE(0)), 8, &seen, 9));
    assert_int_equal(seen, UINT64_C(0x1111111122222222));
    assert_int_equal(entry_is(0, 0, 8), UINT64_C(0x1111111122222222));
    assert_true(guest_exchange(cpu, VTL0, gpa(TABLE(0)), 8, &seen, 9));
    assert_int_equal(entry_is(0, 0, 8), 9);
    seen = 9;
    assert_true(guest_exchange(cpu, VTL0, gpa(TABLE(0)), 4, &seen, 10));
    assert_true(seen == 9 && entry_is(0, 0, 8) == 10);
    seen = 9;
    assert_true(guest_exchange(cpu, VTL0, gpa(TABLE(0)), 4, &seen, 11));
    assert_true(seen == 10 && entry_is(0, 0, 8) == 10);
    bench_protect(TABLE(0), SLAT_R);
    assert_false(guest_exchange(cpu, VTL0, gpa(TABLE(0)), 8, &seen, 12));
    assert_false(guest_exchange(cpu, VTL0, gpa(BENCH_REGION), 8, &seen, 12));
    assert_false(guest_exchange(cpu, VTL0, gpa(BENCH_HOLE), 8, &seen, 12));
    assert_int_equal(entry_is(0, 0, 8), 10);
}

/* --- another processor, which writes an entry between the walk's read of it and the compare-exchange --- */

static struct {
    unsigned table, index, left; /* of such writes */
    size_t size;
    unsigned opened;             /* windows to the table: reads and compare-exchanges in turn */
    uint64_t next;               /* what it writes ... */
    uint64_t step;               /* ... and by how much the next one differs */
} other;

static void write_between(uint64_t page)
{
    if (page == TABLE(other.table) && ++other.opened % 2 == 0 && other.left > 0) {
        other.left--;
        entry(other.table, other.index, other.next, other.size);
        other.next += other.step;
    }
}

static uint32_t translate_against(unsigned table, unsigned index, unsigned times, uint64_t first, uint64_t step)
{
    uint32_t result;

    memset(&other, 0, sizeof(other));
    other.table = table;
    other.index = index;
    other.left = times;
    other.size = (vtl0->reg[VREG_EFER] & EFER_LMA) != 0 ? 8 : 4;
    other.next = first;
    other.step = step;
    bench_window_opened = write_between;
    result = translate(WRITE | MARK, index * PAGE_SIZE);
    bench_window_opened = NULL;
    return result;
}

/* The walk sees each change, starts anew, and uses what is there at last. No flag gets into another's entry. */
static void test_tables_change(void **state)
{
    (void)state;
    for (unsigned times = 1; times < 4; times++) {
        long_mode();
        assert_int_equal(translate_against(3, 5, times, (PAGE + PAGE_SIZE) | P | W, PAGE_SIZE), HV_TRANSLATE_SUCCESS);
        assert_int_equal(out.gpa_page, (PAGE >> 12) + times);
        assert_int_equal(entry_is(3, 5, 8), (PAGE + times * PAGE_SIZE) | P | W | A | D);
        assert_int_equal(other.opened, 2 * (times + 1));
        assert_int_equal(out.event[0] | out.event[1], 0);
    }
}

/* Four times, and the caller is told of a page fault: VTL0 cannot keep VTL1 here. */
static void test_tables_change_all_the_while(void **state)
{
    (void)state;
    long_mode();
    assert_int_equal(translate_against(3, 5, 1000, (PAGE + PAGE_SIZE) | P | W, PAGE_SIZE), HV_TRANSLATE_NOT_PRESENT);
    assert_int_equal(other.opened, 8);
    assert_int_equal(other.left, 1000 - 4);
    assert_int_equal(entry_is(3, 5, 8), (PAGE + 4 * PAGE_SIZE) | P | W);
    assert_int_equal(out.event[0], 0x101 | (uint64_t)VECTOR_PF << 16 | (uint64_t)PF_WRITE << 32);
    assert_int_equal(out.event[1], 5 * PAGE_SIZE);
    assert_int_equal(out.gpa_page | out.cache_type | out.overlay_page, 0);
}

/* What it finds then is judged as if it had been there from the start. */
static void test_tables_change_to_less(void **state)
{
    (void)state;
    vtl0->reg[VREG_CR0] |= UINT64_C(1) << 16; /* WP */
    long_mode();
    assert_int_equal(translate_against(3, 5, 1, PAGE | W, 0), HV_TRANSLATE_NOT_PRESENT);
    assert_int_equal(entry_is(3, 5, 8), PAGE | W);
    assert_int_equal(other.opened, 3); /* nothing to set */
    long_mode();
    assert_int_equal(translate_against(3, 5, 1, PAGE | P, 0), HV_TRANSLATE_PRIVILEGE_VIOLATION);
    assert_int_equal(entry_is(3, 5, 8), PAGE | P);
    long_mode();
    assert_int_equal(translate_against(3, 5, 1, PAGE | P | W | A | D, 0), HV_TRANSLATE_SUCCESS); /* set by the other */
    assert_int_equal(entry_is(3, 5, 8), PAGE | P | W | A | D);
    assert_int_equal(other.opened, 3);
    long_mode();
    bench_protect(PAGE + PAGE_SIZE, SLAT_R);
    assert_int_equal(translate_against(3, 5, 1, (PAGE + PAGE_SIZE) | P | W, 0), HV_TRANSLATE_NO_WRITE);
    assert_int_equal(entry_is(3, 5, 8), (PAGE + PAGE_SIZE) | P | W);
}

/* An entry above the last, whose table is another then; and one of four bytes. */
static void test_tables_change_elsewhere(void **state)
{
    (void)state;
    long_mode();
    entry(3, 0, PAGE | P | W, 8);
    entry(4, 0, (PAGE + PAGE_SIZE) | P | W, 8);
    assert_int_equal(translate_against(2, 0, 1, TABLE(4) | P | W | U, 0), HV_TRANSLATE_SUCCESS);
    assert_int_equal(out.gpa_page, (PAGE >> 12) + 1);
    assert_int_equal(entry_is(2, 0, 8), TABLE(4) | P | W | U | A);
    assert_int_equal(entry_is(4, 0, 8), (PAGE + PAGE_SIZE) | P | W | A | D);
    assert_int_equal(entry_is(3, 0, 8), PAGE | P | W);
    vtl0->reg[VREG_EFER] = 0;
    vtl0->reg[VREG_CR4] = 0;
    vtl0->reg[VREG_CR3] = TABLE(0);
    entry(0, 0, TABLE(1) | P | W, 4);
    entry(1, 2, PAGE | P | W, 4);
    entry(1, 3, 0x9ABCDEF0, 4);
    assert_int_equal(translate_against(1, 2, 1, (PAGE + PAGE_SIZE) | P | W, 0), HV_TRANSLATE_SUCCESS);
    assert_int_equal(entry_is(1, 2, 4), (PAGE + PAGE_SIZE) | P | W | A | D);
    assert_int_equal(entry_is(1, 3, 4), 0x9ABCDEF0);
}

static void raises(uint64_t flags, uint64_t address, uint64_t vector, uint64_t code)
{
    translate(flags, address);
    assert_int_equal(out.event[0], 0x101 | vector << 16 | code << 32);
    assert_int_equal(out.event[1], vector == VECTOR_PF ? address : 0);
    assert_int_equal(out.event[2] | out.event[3] | out.reserved0 | out.reserved1 | out.reserved2, 0);
}

static void test_events(void **state)
{
    (void)state;
    long_mode();
    vtl0->reg[VREG_CR0] |= UINT64_C(1) << 16; /* WP */
    vtl0->reg[VREG_EFER] |= EFER_NXE;
    entry(3, 9, PAGE | P | W | UINT64_C(1) << 63, 8);
    raises(READ, 8 * PAGE_SIZE, VECTOR_PF, 0);
    raises(WRITE | HV_TRANSLATE_USER, 8 * PAGE_SIZE, VECTOR_PF, 6);
    raises(FETCH, 8 * PAGE_SIZE, VECTOR_PF, 0x10);
    raises(FETCH, 9 * PAGE_SIZE, VECTOR_PF, 0x11);
    raises(FETCH | WRITE, 6 * PAGE_SIZE, VECTOR_PF, 3);
    raises(WRITE, 6 * PAGE_SIZE, VECTOR_PF, 3);
    raises(READ | HV_TRANSLATE_USER, 5 * PAGE_SIZE, VECTOR_PF, 5);
    raises(READ, UINT64_C(1) << 47, VECTOR_GP, 0);
    vtl0->reg[VREG_EFER] &= ~EFER_NXE; /* NX is reserved then, and fetches are not told */
    raises(FETCH, 9 * PAGE_SIZE, VECTOR_PF, 9);
    assert_int_equal(translate(READ, 5 * PAGE_SIZE), HV_TRANSLATE_SUCCESS);
    assert_int_equal(out.event[0] | out.event[1], 0);
    bench_protect(PAGE, SLAT_NONE);
    assert_int_equal(translate(READ, 5 * PAGE_SIZE), HV_TRANSLATE_GPA_UNMAPPED);
    assert_int_equal(out.event[0] | out.event[1], 0); /* VTL1's to decide */
    bench_protect(TABLE(3), SLAT_NONE);
    assert_int_equal(translate(READ, 5 * PAGE_SIZE), HV_TRANSLATE_GPA_UNMAPPED);
    assert_int_equal(out.event[0] | out.event[1], 0);
}

/* By its own tables, by itself; the lock is over its VTL0. VTL0 asks for itself alone. */
static void test_another_processor(void **state)
{
    (void)state;
    long_mode();
    assert_int_equal(translate_on(1, READ, 5 * PAGE_SIZE), HV_STATUS_ACCESS_DENIED);
    cpu->active = VTL1;
    assert_int_equal(translate_on(2, READ | OF_VTL0, 0), HV_STATUS_INVALID_VP_INDEX);
    assert_int_equal(translate_on(1, READ | OF_VTL1, 0), HV_STATUS_INVALID_VTL_STATE);
    bench_serve(cpus[1]);
    assert_int_equal(translate_on(1, READ | OF_VTL0, 5 * PAGE_SIZE), HV_STATUS_SUCCESS);
    assert_true(out.result == HV_TRANSLATE_SUCCESS && out.gpa_page == 5); /* identity */
    assert_false(atomic_load(&cpus[1]->public.tlb_locked));
    assert_int_equal(translate_on(1, READ | OF_VTL0 | HV_TRANSLATE_TLB_FLUSH_INHIBIT, 5 * PAGE_SIZE), HV_STATUS_INVALID_VTL_STATE);
    assert_false(atomic_load(&cpus[1]->public.tlb_locked)); /* nothing would end it */
    cpus[1]->vtl[VTL1].enabled = true;
    assert_int_equal(translate_on(1, READ | OF_VTL0 | HV_TRANSLATE_TLB_FLUSH_INHIBIT, 5 * PAGE_SIZE), HV_STATUS_SUCCESS);
    assert_true(atomic_load(&cpus[1]->public.tlb_locked) && !atomic_load(&cpu->public.tlb_locked));
    bench_serve_stop();
    assert_int_equal(translate_on(0, READ | OF_VTL0, 5 * PAGE_SIZE), HV_STATUS_SUCCESS);
    assert_int_equal(out.gpa_page, PAGE >> 12);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_four_levels), TEST(test_large_pages), TEST(test_pae), TEST(test_legacy), TEST(test_denied), TEST(test_exchange),
        TEST(test_tables_change), TEST(test_tables_change_all_the_while), TEST(test_tables_change_to_less),
        TEST(test_tables_change_elsewhere), TEST(test_events), TEST(test_another_processor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
