/* VTL0's local APIC: INIT, SIPI and NMI never reach the hardware, and reach whom the ICR names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/apic.h>
#include <hv/shootdown.h>

#include "hv-core-bench.h"

#include <cmocka.h>

enum { LVT_TIMER = 0x320, LDR = 0xD0, DFR = 0xE0, SVR = 0xF0, ICR_LOW = 0x300, ICR_HIGH = 0x310, LVT_THERMAL = 0x330, LVT_PMC = 0x340,
       LVT_LINT0 = 0x350, LVT_LINT1 = 0x360, LVT_ERROR = 0x370 };

#define FIXED   0x000u
#define LOWEST  0x100u
#define SMI     0x200u
#define NMI     0x400u
#define INIT    0x500u
#define STARTUP 0x600u
#define EXTINT  0x700u
#define LOGICAL 0x800u
#define ASSERT  0x4000u
#define LEVEL   0x8000u
#define SELF    (1u << 18)
#define ALL     (2u << 18)
#define OTHERS  (3u << 18)

static struct cpu *cpu;

static volatile uint32_t *hardware(uint32_t offset) { return (volatile uint32_t *)(HV_VA_APIC + offset); }

static int start(void **state)
{
    (void)state;
    bench_start(4);
    cpu = cpus[0];
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bench_stop();
    return 0;
}

/* Writes the ICR; returns which processors got exactly this request, as a mask. The hardware saw nothing. */
static unsigned requested(uint32_t low, uint32_t high, uint32_t request)
{
    unsigned mask = 0;

    *hardware(ICR_LOW) = 0;
    assert_true(apic_write(cpu, ICR_HIGH, high));
    assert_true(apic_write(cpu, ICR_LOW, low));
    assert_int_equal(*hardware(ICR_LOW), 0);
    for (unsigned i = 0; i < 4; i++) {
        uint32_t requests = atomic_exchange(&cpus[i]->public.requests, 0);

        assert_true(requests == 0 || requests == request);
        mask |= (requests != 0) << i;
    }
    return mask;
}

static void test_modes(void **state)
{
    (void)state;
    uint32_t to_2 = 2u << 24;

    assert_int_equal(requested(NMI, to_2, REQUEST_NMI), 1 << 2);
    assert_int_equal(requested(INIT | ASSERT, to_2, REQUEST_INIT), 1 << 2);
    assert_int_equal(requested(INIT | ASSERT | LEVEL, to_2, REQUEST_INIT), 1 << 2);
    assert_int_equal(requested(INIT, to_2, REQUEST_INIT), 1 << 2);
    assert_int_equal(requested(INIT | LEVEL, to_2, 0), 0); /* de-assert */
    assert_int_equal(requested(INIT | LEVEL | ALL, 0, 0), 0);
    assert_int_equal(requested(SMI, to_2, 0), 0);
    assert_int_equal(requested(EXTINT, to_2, 0), 0);
    assert_int_equal(requested(0x300, to_2, 0), 0);
    assert_int_equal(requested(STARTUP | 0x9F, to_2, REQUEST_SIPI), 1 << 2);
    assert_int_equal(atomic_load(&cpus[2]->public.sipi_vector), 0x9F);
}

static void test_shorthands(void **state)
{
    (void)state;
    for (unsigned self = 0; self < 4; self++) {
        cpu = cpus[self];
        bench_become(cpu);
        assert_int_equal(requested(INIT | ASSERT | SELF, 0xFF000000, REQUEST_INIT), 1u << self);
        assert_int_equal(requested(INIT | ASSERT | ALL, 0x01000000, REQUEST_INIT), 0xF);
        assert_int_equal(requested(NMI | OTHERS, 0x01000000, REQUEST_NMI), 0xFu & ~(1u << self));
    }
}

static void test_physical_destinations(void **state)
{
    (void)state;
    for (uint32_t destination = 0; destination < 256; destination++) {
        unsigned mask = destination == 0xFF ? 0xF : destination < 4 ? 1u << destination : 0;

        assert_int_equal(requested(NMI, destination << 24, REQUEST_NMI), mask);
    }
}

static void set_logical(unsigned index, uint32_t ldr, uint32_t dfr)
{
    assert_true(apic_write(cpus[index], LDR, ldr << 24));
    assert_true(apic_write(cpus[index], DFR, dfr));
}

static void test_flat_destinations(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        set_logical(i, 1u << i, 0xFFFFFFFF);
    }
    for (uint32_t destination = 0; destination < 256; destination++) {
        assert_int_equal(requested(NMI | LOGICAL, destination << 24, REQUEST_NMI), destination & 0xF);
    }
}

static void test_cluster_destinations(void **state)
{
    (void)state;
    set_logical(0, 0x01, 0x0FFFFFFF);
    set_logical(1, 0x02, 0x0FFFFFFF);
    set_logical(2, 0x11, 0x0FFFFFFF);
    set_logical(3, 0x18, 0x0FFFFFFF);
    assert_int_equal(requested(NMI | LOGICAL, 0x03000000, REQUEST_NMI), 0x3);
    assert_int_equal(requested(NMI | LOGICAL, 0x11000000, REQUEST_NMI), 0x4);
    assert_int_equal(requested(NMI | LOGICAL, 0x1F000000, REQUEST_NMI), 0xC);
    assert_int_equal(requested(NMI | LOGICAL, 0x23000000, REQUEST_NMI), 0);
    assert_int_equal(requested(NMI | LOGICAL, 0xFF000000, REQUEST_NMI), 0xF);
    assert_int_equal(requested(NMI | LOGICAL, 0xF1000000, REQUEST_NMI), 0x5);
}

static void test_fixed_goes_to_the_hardware(void **state)
{
    (void)state;
    static const uint32_t values[] = { FIXED | 0x30, LOWEST | LOGICAL | 0x31, FIXED | OTHERS | 0x32, FIXED | SELF | 0x33 };

    for (unsigned i = 0; i < 4; i++) {
        apic_write(cpu, ICR_HIGH, 0x03FFFFFF);
        *hardware(ICR_HIGH) = 0; /* as after a kick */
        apic_write(cpu, ICR_LOW, values[i]);
        assert_int_equal(*hardware(ICR_LOW), values[i]);
        assert_int_equal(*hardware(ICR_HIGH), 0x03000000);
    }
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(atomic_load(&cpus[i]->public.requests), 0);
    }
}

static void test_a_kick_leaves_vtl0s_icr(void **state)
{
    (void)state;
    apic_write(cpu, ICR_HIGH, 0x02000000);
    apic_send_nmi(cpu, 1);
    assert_int_equal(*hardware(ICR_HIGH), 0x02000000);
    assert_int_equal(*hardware(ICR_LOW) & 0x700, NMI);
}

/* A target that runs VTL0 or sleeps is kicked; one in the hypervisor is not, nor one in VTL1, whose turn VTL0 does not end. */
static void test_who_is_kicked(void **state)
{
    (void)state;
    static const enum run_state states[] = { RUN_HOST, RUN_VTL0, RUN_VTL1, RUN_ASLEEP };

    for (unsigned i = 0; i < 4; i++) {
        bool kicked = states[i] == RUN_VTL0 || states[i] == RUN_ASLEEP;

        atomic_store(&cpus[1]->public.running, states[i]);
        atomic_store(&cpus[1]->public.kicks, 0);
        *hardware(ICR_LOW) = 0;
        apic_write(cpu, ICR_HIGH, 0x01000000);
        apic_write(cpu, ICR_LOW, INIT | ASSERT);
        assert_int_equal(atomic_load(&cpus[1]->public.requests), REQUEST_INIT);
        assert_int_equal(atomic_load(&cpus[1]->public.kicks), kicked);
        assert_int_equal((*hardware(ICR_LOW) & 0x700) == NMI, kicked);
    }
}

static void test_lvts(void **state)
{
    (void)state;
    static const uint32_t lvts[] = { LVT_TIMER, LVT_THERMAL, LVT_PMC, LVT_LINT0, LVT_LINT1, LVT_ERROR };

    for (unsigned i = 0; i < sizeof(lvts) / sizeof(lvts[0]); i++) {
        for (uint32_t mode = 0; mode < 8; mode++) {
            bool harmless = mode == 0 || mode == 4 || (mode == 7 && lvts[i] == 0x350);

            assert_true(apic_write(cpu, lvts[i], mode << 8 | 0x20));
            assert_int_equal((*hardware(lvts[i]) & 0x10000) == 0, harmless);
        }
    }
}

/* Offset 0 is an MSI on QEMU; extended sources, read-only and reserved registers are nobody's. */
static void test_other_offsets_reach_nothing(void **state)
{
    (void)state;
    static const uint32_t others[] = { 0x00, 0x10, 0x30, 0x90, 0xA0, 0xC0, 0x100, 0x200, 0x390, 0x400, 0x410, 0x500, 0x530, 0xFF0 };

    for (unsigned i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_true(apic_write(cpu, others[i], 0x4500));
        assert_int_equal(*hardware(others[i]), 0);
    }
}

/* However many processors kick at once, one NMI is on its way; without one, it is from outside. */
static void test_one_kick_on_its_way(void **state)
{
    (void)state;
    cpu_kick(cpus[0], cpus[1]);
    *hardware(ICR_LOW) = 0;
    cpu_kick(cpus[2], cpus[1]);
    assert_int_equal(*hardware(ICR_LOW), 0);
    atomic_store(&cpus[1]->public.kicks, 0); /* taken */
    cpu_kick(cpus[2], cpus[1]);
    assert_int_equal(*hardware(ICR_LOW) & 0x700, NMI);
}

static void test_the_id_is_fixed(void **state)
{
    (void)state;
    *hardware(0x20) = 0;
    assert_true(apic_write(cpu, 0x20, 0x03000000));
    assert_int_equal(*hardware(0x20), 0);
}

static void test_plain_registers_pass(void **state)
{
    (void)state;
    static const uint32_t plain[] = { 0x80, 0xB0, LDR, DFR, SVR, 0x280, 0x380, 0x3E0 };

    for (unsigned i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        assert_true(apic_write(cpu, plain[i], 0x1AB));
        assert_int_equal(*hardware(plain[i]), 0x1AB);
    }
}

/* INIT as the processor defines it; then only a SIPI starts it, and only once. */
static void test_init_and_startup(void **state)
{
    (void)state;
    struct bench_vtl *vtl = &bench_vtl[0][VTL0];

    vtl->reg[VREG_CR0] = 0x60000011;
    cpu->vtl[VTL0].pending.type = EVENT_NMI;
    vp_startup(cpu, 0x12);
    assert_int_equal(vtl->starts, 0);
    vp_init(cpu);
    assert_true(cpu->waiting_for_sipi);
    assert_int_equal(cpu->vtl[VTL0].pending.type, EVENT_NONE);
    assert_int_equal(vtl->context.cr0, 0x60000010);
    assert_int_equal(vtl->context.rflags, 2);
    assert_int_equal(vtl->context.efer, 0);
    vp_startup(cpu, 0x9A);
    assert_false(cpu->waiting_for_sipi);
    assert_int_equal(vtl->context.cs.selector, 0x9A00);
    assert_int_equal(vtl->context.cs.base, 0x9A000);
    assert_int_equal(vtl->context.rip, 0);
    vp_startup(cpu, 0x55);
    assert_int_equal(vtl->starts, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_modes, start, stop),
        cmocka_unit_test_setup_teardown(test_shorthands, start, stop),
        cmocka_unit_test_setup_teardown(test_physical_destinations, start, stop),
        cmocka_unit_test_setup_teardown(test_flat_destinations, start, stop),
        cmocka_unit_test_setup_teardown(test_cluster_destinations, start, stop),
        cmocka_unit_test_setup_teardown(test_fixed_goes_to_the_hardware, start, stop),
        cmocka_unit_test_setup_teardown(test_a_kick_leaves_vtl0s_icr, start, stop),
        cmocka_unit_test_setup_teardown(test_who_is_kicked, start, stop),
        cmocka_unit_test_setup_teardown(test_lvts, start, stop),
        cmocka_unit_test_setup_teardown(test_other_offsets_reach_nothing, start, stop),
        cmocka_unit_test_setup_teardown(test_one_kick_on_its_way, start, stop),
        cmocka_unit_test_setup_teardown(test_the_id_is_fixed, start, stop),
        cmocka_unit_test_setup_teardown(test_plain_registers_pass, start, stop),
        cmocka_unit_test_setup_teardown(test_init_and_startup, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
