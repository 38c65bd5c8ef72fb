/* MSRs: the allow-list, and that nothing written reaches a register the hypervisor shares. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/handlers.h>
#include <hv/interrupts.h>
#include <hv/inject.h>
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

static void execute(uint32_t msr, bool write, uint64_t value)
{
    cpu->gpr[RCX] = UINT64_C(0xDEAD000000000000) | msr;
    cpu->gpr[RAX] = UINT64_C(0xDEAD000000000000) | (uint32_t)value;
    cpu->gpr[RDX] = UINT64_C(0xDEAD000000000000) | value >> 32;
    bench_access_count = 0;
    bench_instruction(cpu, write ? EXIT_WRMSR : EXIT_RDMSR, write ? INSN_WRMSR : INSN_RDMSR, write ? "\x0F\x30" : "\x0F\x32", 2);
    (write ? handle_wrmsr : handle_rdmsr)(cpu);
}

/* Whether it retired; a refusal is #GP(0) with RIP where it was. */
static bool retired(void)
{
    bool moved = bench_active(cpu)->reg[VREG_RIP] == BENCH_CODE + 2;

    assert_int_equal(bench_exception(cpu), moved ? -1 : (int)VECTOR_GP);
    return moved;
}

static bool write(uint32_t msr, uint64_t value)
{
    execute(msr, true, value);
    return retired();
}

static uint64_t read(uint32_t msr)
{
    execute(msr, false, 0);
    assert_true(retired());
    assert_true((cpu->gpr[RAX] | cpu->gpr[RDX]) <= UINT32_MAX);
    return cpu->gpr[RDX] << 32 | cpu->gpr[RAX];
}

static bool reached_by_write(void)
{
    for (unsigned i = 0; i < bench_access_count; i++) {
        if (bench_accesses[i].write) {
            return true;
        }
    }
    return false;
}

/* Every MSR of the ranges an exit can name, both values: the hardware sees a write to TSC_AUX only. */
static void test_no_write_reaches_the_hardware(void **state)
{
    (void)state;
    static const uint32_t bases[] = { 0, 0x40000100, 0xC0000000, 0xC0010000 };

    for (unsigned range = 0; range < 4; range++) {
        for (uint32_t msr = bases[range]; msr < bases[range] + 0x2000; msr++) {
            write(msr, 0);
            assert_int_equal(reached_by_write(), msr == MSR_TSC_AUX);
            write(msr, UINT64_C(0x0123456789ABCDEF));
            assert_false(reached_by_write());
        }
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const uint32_t never[] = { 0x3A, 0x79, 0x800, 0x830, 0x8FF, 0xC0010114, 0xC0010117, 0xC0010030, 0x00002000,
                                      0xC0002000, 0xFFFFFFFF, 0x40000200 };

    for (unsigned i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
        assert_false(write(never[i], 0));
        execute(never[i], false, 0);
        assert_false(retired());
    }
    assert_false(write(MSR_TSC, 0));
    assert_false(write(MSR_MTRRCAP, 0));
    assert_false(write(0xC0010112, 0)); /* where SMM lies */
}

/* attacks.md REG-04: the page stays where it is guarded. */
static void test_apic_base(void **state)
{
    (void)state;
    bench_msr_value = 0xFEE00900;
    assert_int_equal(read(MSR_APIC_BASE), 0xFEE00900);
    assert_true(write(MSR_APIC_BASE, 0xFEE00900));
    assert_false(write(MSR_APIC_BASE, 0xFEE00800));
    assert_false(write(MSR_APIC_BASE, 0xFEE00D00)); /* x2APIC */
    assert_false(write(MSR_APIC_BASE, 0xFEE00100)); /* off */
    assert_false(write(MSR_APIC_BASE, 0x00100900));
    assert_false(reached_by_write());
}

static void test_efer(void **state)
{
    (void)state;
    uint64_t now = EFER_LME | EFER_LMA;

    assert_int_equal(read(MSR_EFER), now);
    assert_true(write(MSR_EFER, now | EFER_NXE | EFER_SCE));
    assert_int_equal(read(MSR_EFER), now | EFER_NXE | EFER_SCE);
    assert_true(write(MSR_EFER, EFER_LME | EFER_NXE)); /* LMA is the processor's */
    assert_int_equal(read(MSR_EFER), now | EFER_NXE);
    assert_false(write(MSR_EFER, now | EFER_SVME));
    assert_false(write(MSR_EFER, EFER_NXE)); /* LME under paging */
    for (unsigned bit = 1; bit < 64; bit++) {
        if (bit != 8 && bit != 10 && bit != 11 && bit != 14) {
            assert_false(write(MSR_EFER, now | UINT64_C(1) << bit));
        }
    }
    bench_active(cpu)->reg[VREG_CR0] = CR0_PE;
    bench_active(cpu)->reg[VREG_EFER] = 0;
    bench_active(cpu)->segment[VSEG_CS].attributes = 0xC09B;
    assert_true(write(MSR_EFER, EFER_LMA));
    assert_int_equal(bench_active(cpu)->reg[VREG_EFER], 0);
    assert_true(write(MSR_EFER, EFER_LME));
}

static void test_pat(void **state)
{
    (void)state;
    for (unsigned type = 0; type < 256; type++) {
        for (unsigned entry = 0; entry < 8; entry++) {
            uint64_t value = (UINT64_C(0x0606060606060606) & ~(UINT64_C(0xFF) << 8 * entry)) | (uint64_t)type << 8 * entry;
            bool legal = type < 8 && type != 2 && type != 3;
            uint64_t before = read(MSR_PAT);

            assert_int_equal(write(MSR_PAT, value), legal);
            assert_int_equal(read(MSR_PAT), legal ? value : before);
        }
    }
}

static void test_mtrrs_are_shadows(void **state)
{
    (void)state;
    static const uint32_t all[] = { 0x200, 0x20F, 0x213, 0x250, 0x258, 0x259, 0x268, 0x26F, 0x2FF };

    for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        assert_true(write(all[i], UINT64_C(0x100000000) + all[i]));
    }
    for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        assert_int_equal(read(all[i]), UINT64_C(0x100000000) + all[i]);
    }
    assert_false(write(0x251, 0));
    assert_false(write(0x214, 0));
    bench_enable_vtl1(cpu);
    cpu->active = VTL1;
    assert_true(write(0x200, 5)); /* shared: VTL1 changes nothing of VTL0's machine */
    assert_int_equal(read(0x200), UINT64_C(0x100000200));
}

static void test_tsc_aux(void **state)
{
    (void)state;
    assert_true(write(MSR_TSC_AUX, 0x12345678));
    assert_true(bench_accesses[0].where == MSR_TSC_AUX && bench_accesses[0].value == 0x12345678);
    assert_false(write(MSR_TSC_AUX, UINT64_C(1) << 32));
    assert_int_equal(read(MSR_TSC_AUX), 0x12345678);
    bench_enable_vtl1(cpu);
    cpu->active = VTL1;
    assert_int_equal(read(MSR_TSC_AUX), 0);
}

/* What a Linux reads at boot without asking first. */
static void test_linux_reads(void **state)
{
    (void)state;
    static const uint32_t reads[] = { 0x1B, 0x8B, 0xFE, 0x179, 0x17A, 0x200, 0x20F, 0x250, 0x277, 0x2FF, 0x400, 0x427, 0xC0000080,
                                      0xC0010000, 0xC0010007, 0xC0010010, 0xC001001F, 0xC0010058, 0xC0011020, 0xC0011029 };

    for (unsigned i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
        read(reads[i]);
    }
}

static void test_other_bytes_change_nothing(void **state)
{
    (void)state;
    cpu->gpr[RCX] = MSR_EFER;
    cpu->gpr[RAX] = EFER_LME | EFER_NXE;
    cpu->gpr[RDX] = 0;
    bench_instruction(cpu, EXIT_WRMSR, INSN_WRMSR, "\x0F\x32", 2);
    handle_wrmsr(cpu);
    assert_int_equal(bench_active(cpu)->reg[VREG_EFER], EFER_LME | EFER_LMA);
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE);
    assert_int_equal(bench_exception(cpu), -1);
}

/* The read retires and the processor waits behind it, unless something waits for VTL0 already. VTL1 does not wait. */
static void test_guest_idle(void **state)
{
    (void)state;
    assert_int_equal(read(HV_MSR_GUEST_IDLE), 0);
    assert_int_equal(bench_idles, 1);
    assert_int_equal(atomic_load(&cpu->public.running), RUN_HOST);
    assert_false(write(HV_MSR_GUEST_IDLE, 0));
    interrupt_raise(cpu, VTL0, 0x41);
    assert_int_equal(read(HV_MSR_GUEST_IDLE), 0);
    assert_int_equal(bench_idles, 1);
    memset(cpu->held, 0, sizeof(cpu->held));
    bench_enable_vtl1(cpu);
    cpu->active = VTL1;
    assert_int_equal(read(HV_MSR_GUEST_IDLE), 0);
    assert_int_equal(bench_idles, 1);
    cpu->active = VTL0;
    execute(HV_MSR_GUEST_IDLE, false, 0);
    bench_instruction(cpu, EXIT_RDMSR, INSN_RDMSR, "\x90\x90", 2); /* other bytes by now */
    handle_rdmsr(cpu);
    assert_int_equal(bench_idles, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_no_write_reaches_the_hardware, start, stop),
        cmocka_unit_test_setup_teardown(test_refused, start, stop),
        cmocka_unit_test_setup_teardown(test_apic_base, start, stop),
        cmocka_unit_test_setup_teardown(test_efer, start, stop),
        cmocka_unit_test_setup_teardown(test_pat, start, stop),
        cmocka_unit_test_setup_teardown(test_mtrrs_are_shadows, start, stop),
        cmocka_unit_test_setup_teardown(test_tsc_aux, start, stop),
        cmocka_unit_test_setup_teardown(test_linux_reads, start, stop),
        cmocka_unit_test_setup_teardown(test_guest_idle, start, stop),
        cmocka_unit_test_setup_teardown(test_other_bytes_change_nothing, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
