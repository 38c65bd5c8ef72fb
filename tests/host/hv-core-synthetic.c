/* Synthetic MSRs, one by one, and the overlay of the hypercall page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/hypercalls.h>
#include <hv/partition.h>
#include <hv/synthetic_msr.h>
#include <hv/x86.h>

#include "hv-core-bench.h"

#include <cmocka.h>

static struct cpu *cpu;

static int start(void **state)
{
    (void)state;
    bench_start(2);
    cpu = cpus[0];
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bench_stop();
    return 0;
}

#define PAGE  UINT64_C(0x30000)
#define OTHER UINT64_C(0x31000)

static bool write(uint32_t msr, uint64_t value) { return synthetic_msr_write(cpu, cpu->active, msr, value); }

static uint64_t read(uint32_t msr)
{
    uint64_t value = 0x5A5A;

    assert_true(synthetic_msr_read(cpu, cpu->active, msr, &value));
    return value;
}

static void identify(void) { assert_true(write(HV_MSR_GUEST_OS_ID, UINT64_C(0x8100000000000000))); }

static void test_what_exists(void **state)
{
    (void)state;
    static const uint32_t readable[] = { 0x40000000, 0x40000001, 0x40000002, 0x40000003, 0x40000010, 0x40000020, 0x40000021,
                                         0x40000022, 0x40000023, 0x40000071, 0x40000072, 0x40000073, 0x40000080, 0x40000081,
                                         0x40000082, 0x40000083, 0x40000084, 0x400000F0, 0x40000100, 0x40000101, 0x40000102,
                                         0x40000103, 0x40000104, 0x40000105 };
    const unsigned count = sizeof(readable) / sizeof(readable[0]);
    uint64_t value;
    unsigned next = 0;

    for (uint32_t msr = 0x40000000; msr < 0x40000200; msr++) {
        bool exists = (msr >= 0x40000090 && msr < 0x400000A0) || (msr >= 0x400000B0 && msr < 0x400000B8)
            || (next < count && readable[next] == msr);

        next += next < count && readable[next] == msr;
        assert_int_equal(synthetic_msr_read(cpu, cpu->active, msr, &value), exists);
    }
    assert_int_equal(next, count);
}

/* What CPUID does not offer does not answer; and what is read only. */
static void test_what_does_not(void **state)
{
    (void)state;
    static const uint32_t absent[] = { 0x40000002, 0x40000010, 0x40000020, 0x40000022, 0x40000023, 0x40000040,
                                       0x40000081, 0x400000AF, 0x400000B8, 0x400000F0, 0x40000106, 0x40000107, 0x40000108, 0x40000118 };

    for (unsigned i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
        assert_false(write(absent[i], 0));
        assert_false(write(absent[i], 1));
    }
}

static void test_reset(void **state)
{
    (void)state;
    for (unsigned bit = 1; bit < 64; bit++) {
        assert_false(write(HV_MSR_RESET, UINT64_C(1) << bit));
        assert_false(write(HV_MSR_RESET, UINT64_C(1) << bit | 1));
    }
    assert_true(write(HV_MSR_RESET, 0));
    assert_int_equal(read(HV_MSR_RESET), 0);
    EXPECT_RESET(write(HV_MSR_RESET, 1));
    bench_enable_vtl1(cpu);
    cpu->active = VTL1;
    EXPECT_RESET(write(HV_MSR_RESET, 1));
}

static void test_crash_values(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        assert_true(write(HV_MSR_CRASH_P0 + i, UINT64_MAX - i));
    }
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(read(HV_MSR_CRASH_P0 + i), UINT64_MAX - i);
    }
    assert_int_equal(read(HV_MSR_CRASH_CTL), UINT64_C(3) << 62);
    for (unsigned bit = 0; bit < 63; bit++) {
        assert_int_equal(write(HV_MSR_CRASH_CTL, UINT64_C(1) << bit), bit >= 58);
    }
    assert_int_equal(bench_log_lines, 0); /* nobody was notified */
    assert_false(write(HV_MSR_CRASH_CTL, UINT64_C(1) << 63 | 1));
    assert_int_equal(bench_log_lines, 0);
    bench_enable_vtl1(cpu);
    cpu->active = VTL1;
    assert_int_equal(read(HV_MSR_CRASH_P0 + 3), 0); /* VTL1's are not VTL0's */
}

static void crash(uint64_t at, uint64_t size)
{
    assert_true(write(HV_MSR_CRASH_P0 + 3, at) && write(HV_MSR_CRASH_P4, size));
    bench_log_lines = 0;
    assert_true(write(HV_MSR_CRASH_CTL, HV_CRASH_NOTIFY | HV_CRASH_MESSAGE));
}

/* Nothing but printable characters, a page at a time, with the rights of the VTL that crashes, and no more than a KiB. */
static void test_crash_message(void **state)
{
    (void)state;
    static const char text[] = "it\x1B[31m is\n\"over\"\x7F\xFF%s";
    char many[PAGE_SIZE];

    bench_poke(PAGE, text, sizeof(text) - 1);
    crash(PAGE, sizeof(text) - 1);
    assert_int_equal(bench_log_lines, 2);
    assert_string_equal(bench_log, "crash: VTL0 says: it.[31m is.\"over\"..%s");
    memset(many, 'x', sizeof(many));
    bench_poke(OTHER, many, sizeof(many));
    crash(OTHER - 3, UINT64_MAX); /* 3, then seven lines of 128, and what is left of the KiB */
    assert_int_equal(bench_log_lines, 1 + 1 + 8);
    assert_int_equal(strlen(bench_log), strlen("crash: VTL0 says: ") + 1024 - 3 - 7 * 128);
    crash(OTHER, 0);
    assert_int_equal(bench_log_lines, 1);
    assert_string_equal(bench_log, "crash: VTL0 of processor 0: 0x0 0x0 0x0 0x31000 0x0");
    for (unsigned i = 0; i < 4; i++) {
        static const uint64_t bad[] = { 0, BENCH_REGION, UINT64_C(1) << 50, UINT64_MAX };

        crash(bad[i], 64);
        assert_int_equal(bench_log_lines, 1);
    }
    bench_protect(PAGE, SLAT_NONE);
    crash(PAGE, 64);
    assert_int_equal(bench_log_lines, 1);
}

static void test_crashes_fill_no_log(void **state)
{
    (void)state;
    bench_log_lines = 0;
    for (unsigned i = 0; i < 100; i++) {
        assert_true(write(HV_MSR_CRASH_CTL, HV_CRASH_NOTIFY));
    }
    assert_int_equal(bench_log_lines, 16);
    bench_enable_vtl1(cpu);
    cpu->active = VTL1;
    assert_true(write(HV_MSR_CRASH_CTL, HV_CRASH_NOTIFY));
    assert_int_equal(bench_log_lines, 17);
}

static void test_tsc_invariant(void **state)
{
    uint64_t value;

    (void)state;
    assert_false(synthetic_msr_read(cpu, VTL0, HV_MSR_TSC_INVARIANT_CONTROL, &value)); /* this processor's changes its speed */
    bench_cpuid.edx = 1u << 8;
    assert_int_equal(read(HV_MSR_TSC_INVARIANT_CONTROL), 0);
    for (unsigned bit = 1; bit < 64; bit++) {
        assert_false(write(HV_MSR_TSC_INVARIANT_CONTROL, UINT64_C(1) << bit | 1));
    }
    assert_true(write(HV_MSR_TSC_INVARIANT_CONTROL, 1));
    assert_int_equal(read(HV_MSR_TSC_INVARIANT_CONTROL), 1);
    assert_true(synthetic_msr_read(cpu, VTL1, HV_MSR_TSC_INVARIANT_CONTROL, &value) && value == 0);
}

static void test_sints(void **state)
{
    (void)state;
    for (uint32_t msr = HV_MSR_SINT0; msr <= HV_MSR_SINT15; msr++) {
        for (unsigned vector = 0; vector < 256; vector++) {
            assert_int_equal(write(msr, vector), vector >= 16);
            assert_true(write(msr, vector | HV_SINT_MASKED));
            assert_int_equal(read(msr), vector | HV_SINT_MASKED);
        }
        assert_true(write(msr, 0xF3 | HV_SINT_AUTO_EOI));
        for (unsigned bit = 8; bit < 64; bit++) {
            if (bit != 16 && bit != 17 && bit != 18) {
                assert_false(write(msr, 0xF3 | UINT64_C(1) << bit));
            }
        }
        assert_int_equal(read(msr), 0xF3 | HV_SINT_AUTO_EOI);
    }
}

static void test_scontrol(void **state)
{
    (void)state;
    assert_true(write(HV_MSR_SCONTROL, 1));
    assert_int_equal(read(HV_MSR_SCONTROL), 1);
    assert_true(write(HV_MSR_SCONTROL, 0));
    assert_int_equal(read(HV_MSR_SCONTROL), 0);
    for (unsigned bit = 1; bit < 64; bit++) {
        assert_false(write(HV_MSR_SCONTROL, UINT64_C(1) << bit | 1));
    }
    assert_int_equal(read(HV_MSR_SCONTROL), 0);
    assert_int_equal(read(HV_MSR_SVERSION), 1);
    assert_true(write(HV_MSR_EOM, 0));
}

/* attacks.md MEM-14: pages the hypervisor would write to are the caller's own, at least when they are named. */
static void test_data_pages(void **state)
{
    (void)state;
    static const uint32_t msrs[] = { HV_MSR_VP_ASSIST_PAGE, HV_MSR_SIMP, HV_MSR_SIEFP };
    static const uint64_t bad[] = { 0, BENCH_REGION, BENCH_HOLE, BENCH_APIC, BENCH_WINDOW, UINT64_C(1) << 50 };

    for (unsigned i = 0; i < 3; i++) {
        for (unsigned j = 0; j < sizeof(bad) / sizeof(bad[0]); j++) {
            assert_false(write(msrs[i], bad[j] | 1));
        }
        for (unsigned bit = 1; bit < 12; bit++) {
            assert_false(write(msrs[i], PAGE | 1 | 1u << bit));
        }
        bench_protect(PAGE, SLAT_R);
        assert_false(write(msrs[i], PAGE | 1));
        bench_protect(PAGE, SLAT_NONE);
        assert_false(write(msrs[i], PAGE | 1));
        assert_int_equal(read(msrs[i]), 0);
        bench_protect(PAGE, SLAT_RW);
        assert_true(write(msrs[i], PAGE | 1));
        assert_int_equal(read(msrs[i]), PAGE | 1);
        assert_true(write(msrs[i], BENCH_REGION)); /* not enabled: only a number */
    }
}

static void test_each_vtl_has_its_own(void **state)
{
    (void)state;
    identify();
    assert_true(write(HV_MSR_HYPERCALL, PAGE | 1));
    assert_true(write(HV_MSR_SIMP, OTHER | 1));
    assert_true(write(HV_MSR_SINT0, 0xF3));
    bench_enable_vtl1(cpu);
    cpu->active = VTL1;
    assert_int_equal(read(HV_MSR_GUEST_OS_ID), 0);
    assert_int_equal(read(HV_MSR_HYPERCALL), 0);
    assert_int_equal(read(HV_MSR_SIMP), 0);
    assert_int_equal(read(HV_MSR_SINT0), HV_SINT_RESET);
    identify();
    assert_true(write(HV_MSR_HYPERCALL, PAGE | 1)); /* the same page in both */
    assert_int_equal(bench_rights(VTL1, PAGE), SLAT_RX);
    assert_int_equal(bench_rights(VTL0, PAGE), SLAT_RX);
    cpu->active = VTL0;
    assert_int_equal(read(HV_MSR_SIMP), OTHER | 1);
}

static void expect_code(uint64_t page)
{
    uint8_t bytes[PAGE_SIZE];
    size_t size = HYPERCALL_PAGE_SIZE;

    bench_peek(page, bytes, sizeof(bytes));
    assert_memory_equal(bytes, hypercall_page_vmmcall, size);
    for (size_t at = size; at < sizeof(bytes); at++) {
        assert_int_equal(bytes[at], 0xCC);
    }
}

static void expect_zero(uint64_t page)
{
    static const uint8_t zero[PAGE_SIZE];
    uint8_t bytes[PAGE_SIZE];

    bench_peek(page, bytes, sizeof(bytes));
    assert_memory_equal(bytes, zero, sizeof(bytes));
}

static void test_hypercall_page(void **state)
{
    (void)state;
    assert_true(write(HV_MSR_HYPERCALL, PAGE | 1)); /* no identity: the bit stays 0 */
    assert_int_equal(read(HV_MSR_HYPERCALL), PAGE);
    assert_int_equal(bench_rights(VTL0, PAGE), SLAT_RWX);
    identify();
    assert_true(write(HV_MSR_HYPERCALL, PAGE | 1));
    assert_int_equal(read(HV_MSR_HYPERCALL), PAGE | 1);
    assert_int_equal(bench_rights(VTL0, PAGE), SLAT_RX);
    assert_int_equal(bench_rights(VTL1, PAGE), SLAT_RWX);
    expect_code(PAGE);
    assert_true(write(HV_MSR_HYPERCALL, PAGE | 1)); /* each processor writes the same */
    assert_int_equal(bench_rights(VTL0, PAGE), SLAT_RX);
}

static void test_hypercall_page_moves(void **state)
{
    (void)state;
    identify();
    write(HV_MSR_HYPERCALL, PAGE | 1);
    assert_true(write(HV_MSR_HYPERCALL, OTHER | 1));
    assert_int_equal(bench_rights(VTL0, PAGE), SLAT_RWX);
    assert_int_equal(bench_rights(VTL0, OTHER), SLAT_RX);
    expect_zero(PAGE);
    expect_code(OTHER);
    assert_true(write(HV_MSR_GUEST_OS_ID, 0));
    assert_int_equal(read(HV_MSR_HYPERCALL), OTHER);
    assert_int_equal(bench_rights(VTL0, OTHER), SLAT_RWX);
    expect_zero(OTHER);
}

static void test_hypercall_page_locked(void **state)
{
    (void)state;
    identify();
    assert_true(write(HV_MSR_HYPERCALL, PAGE | 1));
    assert_true(write(HV_MSR_HYPERCALL, PAGE | 3)); /* the same page, now for good */
    assert_int_equal(bench_rights(VTL0, PAGE), SLAT_RX);
    assert_true(write(HV_MSR_HYPERCALL, OTHER | 1));
    assert_true(write(HV_MSR_HYPERCALL, 0));
    assert_int_equal(read(HV_MSR_HYPERCALL), PAGE | 3);
    assert_int_equal(bench_rights(VTL0, OTHER), SLAT_RWX);
}

static void test_hypercall_page_where_it_may_not_be(void **state)
{
    (void)state;
    static const uint64_t bad[] = { 0, BENCH_REGION, BENCH_HOLE, BENCH_APIC, BENCH_WINDOW, UINT64_C(1) << 50 };
    static const unsigned taken[] = { SLAT_NONE, SLAT_R, SLAT_RW, SLAT_RX };
    uint8_t before[PAGE_SIZE], after[PAGE_SIZE];

    identify();
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(write(HV_MSR_HYPERCALL, bad[i] | 1));
    }
    memset(before, 0x77, sizeof(before));
    bench_poke(PAGE, before, sizeof(before));
    for (unsigned i = 0; i < 4; i++) {
        bench_protect(PAGE, taken[i]);
        assert_false(write(HV_MSR_HYPERCALL, PAGE | 1));
        assert_int_equal(bench_rights(VTL0, PAGE), taken[i]);
        bench_peek(PAGE, after, sizeof(after));
        assert_memory_equal(before, after, sizeof(before));
    }
    for (unsigned bit = 2; bit < 12; bit++) {
        assert_false(write(HV_MSR_HYPERCALL, OTHER | 1 | 1u << bit));
    }
    assert_int_equal(read(HV_MSR_HYPERCALL), 0);
}

/* VTL1 takes the page that is VTL0's hypercall page; VTL0 gets nothing back by giving it up. */
static void test_a_page_taken_under_the_overlay(void **state)
{
    (void)state;
    static const unsigned taken[] = { SLAT_NONE, SLAT_R, SLAT_RW, SLAT_RX, SLAT_RWX };
    static const uint32_t flags[] = { 0x0, 0x1, 0x3, 0xD, 0xF };
    struct hv_input_modify_vtl_protection_mask input = { .partition_id = HV_PARTITION_ID_SELF };
    uint8_t secret[PAGE_SIZE], after[PAGE_SIZE];

    identify();
    bench_enable_vtl1(cpu);
    memset(secret, 0x77, sizeof(secret));
    for (unsigned i = 0; i < 5; i++) {
        bench_protect(PAGE, SLAT_RWX);
        assert_true(write(HV_MSR_HYPERCALL, PAGE | 1));
        input.map_flags = flags[i];
        assert_int_equal(call_modify_protection(cpu, &input, PAGE >> 12), HV_STATUS_SUCCESS);
        bench_poke(PAGE, secret, sizeof(secret));
        assert_true(write(HV_MSR_HYPERCALL, 0));
        assert_int_equal(bench_rights(VTL0, PAGE), taken[i]);
        bench_peek(PAGE, after, sizeof(after));
        assert_memory_equal(secret, after, sizeof(secret));
    }
}

/* Rights are taken away before the write returns, on every processor. */
static void test_the_overlay_shoots_down(void **state)
{
    (void)state;
    uint64_t epoch = atomic_load(&partition.slat_epoch);

    identify();
    write(HV_MSR_HYPERCALL, PAGE | 1);
    assert_true(atomic_load(&partition.slat_epoch) > epoch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_exists, start, stop),
        cmocka_unit_test_setup_teardown(test_what_does_not, start, stop),
        cmocka_unit_test_setup_teardown(test_reset, start, stop),
        cmocka_unit_test_setup_teardown(test_crash_values, start, stop),
        cmocka_unit_test_setup_teardown(test_crash_message, start, stop),
        cmocka_unit_test_setup_teardown(test_crashes_fill_no_log, start, stop),
        cmocka_unit_test_setup_teardown(test_tsc_invariant, start, stop),
        cmocka_unit_test_setup_teardown(test_sints, start, stop),
        cmocka_unit_test_setup_teardown(test_scontrol, start, stop),
        cmocka_unit_test_setup_teardown(test_data_pages, start, stop),
        cmocka_unit_test_setup_teardown(test_each_vtl_has_its_own, start, stop),
        cmocka_unit_test_setup_teardown(test_hypercall_page, start, stop),
        cmocka_unit_test_setup_teardown(test_hypercall_page_moves, start, stop),
        cmocka_unit_test_setup_teardown(test_hypercall_page_locked, start, stop),
        cmocka_unit_test_setup_teardown(test_hypercall_page_where_it_may_not_be, start, stop),
        cmocka_unit_test_setup_teardown(test_a_page_taken_under_the_overlay, start, stop),
        cmocka_unit_test_setup_teardown(test_the_overlay_shoots_down, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
