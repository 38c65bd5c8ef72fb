/* CPUID: what is listed, what is hidden, what is put in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/handlers.h>
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

/* Executes CPUID on a processor that has everything, but for these bits of EDX. */
static uint32_t not_in_edx;
static struct cpuid_result leaf(uint32_t number)
{
    bench_cpuid = (struct cpuid_result){ UINT32_MAX, UINT32_MAX, UINT32_MAX, ~not_in_edx };
    cpu->gpr[RAX] = UINT64_C(0xDEAD000000000000) | number;
    cpu->gpr[RCX] = UINT64_C(0xDEAD000000000000);
    bench_instruction(cpu, EXIT_CPUID, INSN_CPUID, "\x0F\xA2", 2);
    handle_cpuid(cpu);
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE + 2);
    assert_true((cpu->gpr[RAX] | cpu->gpr[RBX] | cpu->gpr[RCX] | cpu->gpr[RDX]) <= UINT32_MAX);
    return (struct cpuid_result){ (uint32_t)cpu->gpr[RAX], (uint32_t)cpu->gpr[RBX], (uint32_t)cpu->gpr[RCX], (uint32_t)cpu->gpr[RDX] };
}

static bool is_zero(struct cpuid_result r) { return (r.eax | r.ebx | r.ecx | r.edx) == 0; }

static bool listed(uint32_t number)
{
    static const uint32_t leaves[] = { 0, 1, 2, 4, 7, 0xB, 0xD, 0x80000000, 0x80000001, 0x80000002, 0x80000003, 0x80000004,
                                       0x80000005, 0x80000006, 0x80000007, 0x80000008, 0x80000019, 0x8000001A, 0x8000001D,
                                       0x8000001E };

    for (unsigned i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
        if (leaves[i] == number) {
            return true;
        }
    }
    return false;
}

/* SVM's own leaf (8000000Ah), memory encryption (8000001Fh) and all that nobody has looked at are zero. */
static void test_the_allow_list(void **state)
{
    (void)state;
    for (uint32_t number = 0; number < 0x100; number++) {
        assert_int_equal(is_zero(leaf(number)), !listed(number));
        assert_int_equal(is_zero(leaf(0x80000000 + number)), !listed(0x80000000 + number));
    }
    assert_true(is_zero(leaf(0x7FFFFFFF)));
    assert_true(is_zero(leaf(0xC0000000)));
    assert_true(is_zero(leaf(0xFFFFFFFF)));
}

/* attacks.md CPU-09. */
static void test_hidden_bits(void **state)
{
    (void)state;
    uint32_t hidden = 1u << 3 | 1u << 5 | 1u << 6 | 1u << 21 | 1u << 24; /* MONITOR, VMX, SMX, x2APIC, TSC deadline */

    assert_int_equal(leaf(1).ecx & hidden, 0);
    assert_int_not_equal(leaf(1).ecx & 1u << 31, 0);
    assert_int_equal(leaf(0x80000001).ecx & (1u << 2 | 1u << 12), 0); /* SVM, SKINIT */
    assert_int_equal(leaf(0x80000001).edx, UINT32_MAX);
}

/* The two bits that mirror a control register mirror the asking VTL's. */
static void test_mirrors(void **state)
{
    (void)state;
    assert_int_equal(leaf(1).ecx & 1u << 27, 0);
    assert_int_equal(leaf(7).ecx & 1u << 4, 0);
    bench_active(cpu)->reg[VREG_CR4] |= CR4_OSXSAVE | CR4_PKE;
    assert_int_not_equal(leaf(1).ecx & 1u << 27, 0);
    assert_int_not_equal(leaf(7).ecx & 1u << 4, 0);
    bench_enable_vtl1(cpu);
    cpu->active = VTL1;
    assert_int_equal(leaf(1).ecx & 1u << 27, 0);
}

/* Offered where the processor has it, and then shown to the VTL that has asked. */
static void test_invariant_tsc(void **state)
{
    (void)state;
    assert_int_equal(leaf(0x80000007).edx, ~(1u << 8));
    assert_true(synthetic_msr_write(cpu, VTL0, 0x40000118, 1));
    assert_int_equal(leaf(0x80000007).edx, UINT32_MAX);
    bench_enable_vtl1(cpu);
    cpu->active = VTL1;
    assert_int_equal(leaf(0x80000007).edx, ~(1u << 8));
    cpu->active = VTL0;
    not_in_edx = 1u << 8;
    assert_int_equal(leaf(0x80000007).edx, ~(1u << 8));
    assert_int_equal(leaf(0x40000003).eax & 1u << 15, 0);
    assert_false(synthetic_msr_write(cpu, VTL0, 0x40000118, 1));
    not_in_edx = 0;
    assert_int_equal(leaf(0x80000007).edx, UINT32_MAX);
    assert_true(synthetic_msr_write(cpu, VTL0, 0x40000118, 0));
    assert_int_equal(leaf(0x80000007).edx, ~(1u << 8));
}

static void test_hypervisor_leaves(void **state)
{
    (void)state;
    struct cpuid_result r = leaf(0x40000000);

    assert_in_range(r.eax, 0x40000005, 0x4000FFFF);
    assert_memory_equal(&r.ebx, "Microsoft Hv", 12);
    assert_int_equal(leaf(0x40000001).eax, 0x31237648);
    r = leaf(0x40000003);
    assert_int_equal(r.eax, 1u << 0 | 1u << 1 | 1u << 2 | 1u << 3 | 1u << 4 | 1u << 5 | 1u << 6 | 1u << 7 | 1u << 9
                                | 1u << 10 | 1u << 11 | 1u << 15);
    assert_int_equal(r.ebx, 1u << 4 | 1u << 5 | 1u << 16 | 1u << 17 | 1u << 20 | 1u << 21);
    assert_int_equal(r.ecx, 0);
    assert_int_equal(r.edx, 1u << 4 | 1u << 5 | 1u << 8 | 1u << 10 | 1u << 15 | 1u << 17 | 1u << 19);
    partition.boot.vsm_offered = 0;
    assert_int_equal(leaf(0x40000003).ebx, 1u << 4 | 1u << 5 | 1u << 17 | 1u << 20 | 1u << 21);
    r = leaf(0x40000004);
    assert_int_equal(r.eax, 1u << 2 | 1u << 10 | 1u << 11);
    assert_int_equal(r.ebx, UINT32_MAX);
    assert_int_equal(leaf(0x40000005).eax, 2);
    for (uint32_t number = 0x40000007; number < 0x40000110; number++) {
        assert_true(is_zero(leaf(number)));
    }
    assert_true(is_zero(leaf(0x4000FFFF)));
}

static void test_vsm_is_not_advertised_unless_offered(void **state)
{
    (void)state;
    uint32_t offered = leaf(0x40000003).ebx;

    partition.boot.vsm_offered = 0;
    assert_int_equal(leaf(0x40000003).ebx, offered & ~(1u << 16));
    assert_true((offered & 1u << 16) != 0);
}

static void test_other_bytes_change_nothing(void **state)
{
    (void)state;
    cpu->gpr[RBX] = 0x1234;
    bench_instruction(cpu, EXIT_CPUID, INSN_CPUID, "\x0F\x30", 2);
    handle_cpuid(cpu);
    assert_int_equal(cpu->gpr[RBX], 0x1234);
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_allow_list, start, stop),
        cmocka_unit_test_setup_teardown(test_hidden_bits, start, stop),
        cmocka_unit_test_setup_teardown(test_mirrors, start, stop),
        cmocka_unit_test_setup_teardown(test_invariant_tsc, start, stop),
        cmocka_unit_test_setup_teardown(test_hypervisor_leaves, start, stop),
        cmocka_unit_test_setup_teardown(test_vsm_is_not_advertised_unless_offered, start, stop),
        cmocka_unit_test_setup_teardown(test_other_bytes_change_nothing, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
