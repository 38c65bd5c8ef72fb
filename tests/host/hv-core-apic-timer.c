/* The local APIC's timer for two masters: what the hardware is told, and what VTL0 sees of it. 2 GHz and 1 GHz: two ticks a count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/apic.h>
#include <hv/apic_timer.h>
#include <hv/deadline.h>
#include <hv/handlers.h>
#include <hv/inject.h>
#include <hv/interrupts.h>
#include <hv/partition.h>
#include <hv/vina.h>
#include <hv/x86.h>

#include "hv-core-bench.h"

#include <cmocka.h>

#define APIC(offset) (*(volatile uint32_t *)(HV_VA_APIC + (offset)))
#define LVT      0x320u
#define INITIAL  0x380u
#define CURRENT  0x390u
#define DIVIDE   0x3E0u
#define ICR      0x300u
#define SVR      0xF0u
#define ISR_OWN  0x170u
#define IRR_OWN  0x270u
#define OWN_BIT  0x80000000u
#define MASKED   0x10000u
#define PERIODIC 0x20000u
#define SELF_IPI 0x44000u
#define SECOND   BENCH_TSC_HZ
#define ASSIST   UINT64_C(0x30000)
#define VINA_ENABLED 0x100u

static struct cpu *cpu;

static int start(void **state)
{
    (void)state;
    bench_tsc = SECOND;
    bench_start(2);
    cpu = cpus[0];
    APIC(0xF0) = 0x1FF;
    APIC(LVT) = MASKED;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bench_stop();
    return 0;
}

static void enter(void) { apic_timer_set(cpu, deadline_next(cpu)); }
static void put(uint32_t offset, uint32_t value) { assert_true(apic_write(cpu, offset, value)); }
static uint32_t get(uint32_t offset) { return apic_vtl0_read(cpu, offset); }

/* A deadline of the hypervisor, in ticks from now. */
static void wait_for(uint64_t ticks)
{
    deadline_set(cpu, DEADLINE_VTL1_STIMERS, bench_tsc + ticks);
    enter();
}

static void nobody_waits(void)
{
    deadline_set(cpu, DEADLINE_VTL1_STIMERS, CLOCK_NEVER);
    enter();
}

/* The hardware's interrupt comes, and is acknowledged. */
static void fire(void)
{
    uint32_t spurious = APIC(SVR);

    APIC(ISR_OWN) = OWN_BIT;
    APIC(0xB0) = 1;
    assert_true(apic_timer_interrupt(cpu, 0xFF));
    assert_int_equal(APIC(0xB0), 0);
    assert_int_equal(APIC(SVR), spurious); /* as VTL0 has it, although the fake APIC, as Bochs, never ends one of that vector */
    APIC(ISR_OWN) = 0;
    APIC(ICR) = 0;
    deadlines_run(cpu);
    enter();
}

static void test_untouched_until_then(void **state)
{
    (void)state;
    put(LVT, 0x90);
    put(DIVIDE, 0xB);
    put(INITIAL, 5000);
    enter();
    assert_int_equal(APIC(LVT), 0x90);
    assert_int_equal(APIC(INITIAL), 5000);
    assert_int_equal(bench_rights(VTL0, BENCH_APIC), SLAT_R);
    assert_false(apic_timer_interrupt(cpu, 0xFF)); /* nothing of ours */
}

/* VTL0 reads or changes the timer before the hypervisor has seen that it ran down: the interrupt comes, once. */
static void test_an_expiry_that_a_register_notices(void **state)
{
    static const uint32_t changed[] = { CURRENT, INITIAL, DIVIDE, LVT };

    (void)state;
    for (unsigned i = 0; i < sizeof(changed) / sizeof(changed[0]); i++) {
        wait_for(SECOND);
        put(LVT, 0x90);
        put(DIVIDE, 0xB);
        put(INITIAL, 5000);
        APIC(ICR) = 0;
        bench_tsc += 10002;
        if (changed[i] == CURRENT) {
            assert_int_equal(get(CURRENT), 0);
        } else {
            put(changed[i], changed[i] == LVT ? MASKED | 0x91 : 0xB);
        }
        assert_int_equal(APIC(ICR) & 0xFF, 0x90);
        APIC(ICR) = 0;
        deadlines_run(cpu);
        assert_int_equal(APIC(ICR), 0);
    }
}

static void test_taken(void **state)
{
    (void)state;
    wait_for(10000);
    assert_int_equal(APIC(LVT), 0xFF);
    assert_int_equal(APIC(DIVIDE), 0xB);
    assert_in_range(APIC(INITIAL), 5000, 5001);
    assert_int_equal(bench_rights(VTL0, BENCH_APIC), SLAT_NONE);
    APIC(INITIAL) = 1;
    enter();
    assert_int_equal(APIC(INITIAL), 1); /* the same deadline is not told twice */
    wait_for(SECOND * 60);
    assert_int_equal(APIC(INITIAL), UINT32_MAX);
    fire(); /* too early: the rest of the way */
    assert_int_equal(APIC(INITIAL), UINT32_MAX);
    assert_int_equal(get(LVT), MASKED);
    assert_false(apic_timer_interrupt(cpu, 0xFE));
    assert_false(apic_timer_interrupt(cpu, 0xFF)); /* not in service: a spurious answer */
    nobody_waits();
    assert_int_equal(APIC(LVT), MASKED);
    assert_int_equal(APIC(INITIAL), 0);
    assert_false(apic_timer_is_taken(cpu));
}

/* The count that runs is VTL0's, and goes on where it was. */
static void test_a_running_count(void **state)
{
    (void)state;
    APIC(LVT) = 0x90;
    APIC(DIVIDE) = 0; /* by 2 */
    APIC(INITIAL) = 8000;
    APIC(CURRENT) = 3000;
    wait_for(SECOND);
    assert_in_range(APIC(INITIAL), 6000, 6001);
    assert_int_equal(get(INITIAL), 8000);
    assert_int_equal(get(CURRENT), 3000);
    bench_tsc += 4000;
    assert_int_equal(get(CURRENT), 2000);
    assert_int_equal(get(LVT), 0x90);
    assert_int_equal(get(DIVIDE), 0);
    bench_tsc += 8000;
    fire();
    assert_int_equal(APIC(ICR), SELF_IPI | 0x90);
    assert_int_equal(get(CURRENT), 0);
    bench_tsc += 8000;
    fire();
    assert_int_equal(APIC(ICR), 0); /* once */
}

static void test_periodic(void **state)
{
    (void)state;
    wait_for(SECOND);
    put(DIVIDE, 0xB);
    put(LVT, PERIODIC | 0x91);
    put(INITIAL, 1000);
    enter();
    for (unsigned i = 0; i < 3; i++) {
        bench_tsc += 2000;
        fire();
        assert_int_equal(APIC(ICR), SELF_IPI | 0x91);
        assert_in_range(APIC(INITIAL), 1000, 1001);
    }
    bench_tsc += 500;
    assert_int_equal(get(CURRENT), 750);
    put(LVT, PERIODIC | MASKED | 0x91);
    bench_tsc += 20 * 2000;
    assert_int_equal(get(CURRENT), 750);
    fire();
    assert_int_equal(APIC(ICR), 0);
    put(LVT, PERIODIC | 0x91);
    bench_tsc += 2000;
    fire();
    assert_int_equal(APIC(ICR), SELF_IPI | 0x91);
    put(INITIAL, 0);
    bench_tsc += 10000;
    fire();
    assert_int_equal(APIC(ICR), 0);
    assert_int_equal(get(CURRENT), 0);
}

static void test_divisors(void **state)
{
    (void)state;
    static const uint32_t codes[] = { 0xB, 0x0, 0x1, 0x2, 0x3, 0x8, 0x9, 0xA };

    wait_for(SECOND * 600);
    for (unsigned i = 0; i < 8; i++) {
        put(DIVIDE, codes[i]);
        put(INITIAL, 0x40000);
        bench_tsc += UINT64_C(2) * 0x10000 << i;
        assert_in_range(get(CURRENT), 0x2FFFE, 0x30000);
        assert_int_equal(get(DIVIDE), codes[i]);
    }
    put(DIVIDE, 0xB); /* was by 128: what is left counts faster */
    bench_tsc += 2 * 0x10000;
    assert_in_range(get(CURRENT), 0x1FFFC, 0x20000);
}

/* VTL0's timer stays here while it runs, also when nobody else waits; its next count is the hardware's. */
static void test_given_back(void **state)
{
    (void)state;
    wait_for(SECOND);
    put(DIVIDE, 0xB);
    put(LVT, 0x92);
    put(INITIAL, 5000);
    nobody_waits();
    assert_true(apic_timer_is_taken(cpu));
    assert_in_range(APIC(INITIAL), 5000, 5001);
    put(INITIAL, 7000);
    assert_false(apic_timer_is_taken(cpu));
    assert_int_equal(APIC(LVT), 0x92);
    assert_int_equal(APIC(INITIAL), 7000);
    enter();
    assert_int_equal(APIC(INITIAL), 7000);
}

/* One of the hypervisor's that is still pending is waited for: it is not VTL0's. */
static void test_one_on_its_way(void **state)
{
    (void)state;
    wait_for(1000);
    APIC(IRR_OWN) = OWN_BIT;
    nobody_waits();
    assert_true(apic_timer_is_taken(cpu));
    vp_init(cpu);
    assert_true(apic_timer_is_taken(cpu));
    APIC(IRR_OWN) = 0;
    fire();
    assert_false(apic_timer_is_taken(cpu));
    assert_int_equal(APIC(LVT), MASKED);
}

/* An APIC that VTL0 switches off and on masks its table: VTL0's mask stays, the hypervisor's timer counts again. */
static void test_switched_off(void **state)
{
    (void)state;
    wait_for(SECOND);
    put(LVT, 0x90);
    put(0xF0, 0xFF);
    APIC(LVT) = MASKED | 0xFF; /* the hardware's doing */
    put(0xF0, 0x1FF);
    assert_int_equal(APIC(LVT), 0xFF);
    assert_int_equal(get(LVT), MASKED | 0x90);
    APIC(INITIAL) = 0;
    enter();
    assert_int_not_equal(APIC(INITIAL), 0);
}

static void access(uint64_t offset, enum memory_access how, const char *code, size_t size)
{
    bench_instruction(cpu, EXIT_MEMORY, INSN_OTHER, code, size);
    cpu->exit.memory = (struct exit_memory){ .address = gpa(BENCH_APIC + offset), .access = how };
    handle_memory(cpu);
}

/* VTL0's reads of the page, once they exit: 32-bit loads and exchanges at a register, nothing else. */
static void test_reads(void **state)
{
    (void)state;
    static const struct { uint64_t offset; const char *code; size_t size; } refused[] = {
        { 0x304, "\x8B\x03", 2 }, { 0x300, "\x66\x8B\x03", 3 }, { 0x300, "\x48\x8B\x03", 3 }, { 0x300, "\x8A\x03", 2 },
        { 0x300, "\x8B\x23", 2 }, { 0x300, "\x0B\x03", 2 },
    };

    wait_for(SECOND);
    put(LVT, 0x93);
    APIC(0x30) = 0x50014;
    cpu->gpr[RCX] = UINT64_MAX;
    access(0x30, ACCESS_READ, "\x8B\x0B", 2);
    assert_int_equal(cpu->gpr[RCX], 0x50014);
    assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE + 2);
    access(LVT, ACCESS_READ, "\x8B\x0B", 2);
    assert_int_equal(cpu->gpr[RCX], 0x93);
    cpu->gpr[RAX] = MASKED | 0x94;
    access(LVT, ACCESS_READ, "\x87\x03", 2); /* an exchange reads first */
    assert_int_equal(cpu->gpr[RAX], 0x93);
    assert_int_equal(get(LVT), MASKED | 0x94);
    for (unsigned i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        access(refused[i].offset, ACCESS_READ, refused[i].code, refused[i].size);
        assert_int_equal(bench_exception(cpu), VECTOR_GP);
        assert_int_equal(bench_active(cpu)->reg[VREG_RIP], BENCH_CODE);
    }
}

/* While VTL1 is active VTL0's timer waits with VTL0. */
static void test_vtl1_active(void **state)
{
    (void)state;
    bench_enable_vtl1(cpu);
    wait_for(SECOND);
    put(DIVIDE, 0xB);
    put(LVT, 0x90);
    put(INITIAL, 1000);
    cpu->active = VTL1;
    enter();
    assert_true(APIC(INITIAL) > 900000000);
    bench_tsc += 4000;
    deadlines_run(cpu);
    assert_int_equal(APIC(ICR), 0);
    cpu->active = VTL0;
    deadlines_run(cpu);
    assert_int_equal(APIC(ICR), SELF_IPI | 0x90);
}

/* VTL0's own timer, and VTL1 that waits to be told of its interrupts. */
static void vtl1_waits(uint32_t lvt, uint32_t initial)
{
    bench_enable_vtl1(cpu);
    wait_for(SECOND);
    put(DIVIDE, 0xB);
    put(LVT, lvt);
    put(INITIAL, initial);
    cpu->vtl[VTL1].vp_assist_page = ASSIST | 1; /* zero: nothing has been told */
    assert_true(vina_set(cpu, VINA_ENABLED | 0xF4));
    bench_vtl[0][VTL0].reg[VREG_RFLAGS] = RFLAGS_IF;
    cpu->active = VTL1;
}

/* But where VTL1 is to be told of VTL0's interrupts it ends VTL1's run, once for each time that VTL1 is told. */
static void test_vtl1_is_told(void **state)
{
    (void)state;
    vtl1_waits(PERIODIC | 0x90, 100000);
    bench_vtl[0][VTL0].reg[VREG_RFLAGS] = 0;
    enter();
    assert_true(APIC(INITIAL) > 900000000); /* VTL0 would not take it */
    bench_vtl[0][VTL0].reg[VREG_RFLAGS] = RFLAGS_IF;
    enter();
    assert_in_range(APIC(INITIAL), 100000, 100001);
    bench_tsc += 200000;
    fire();
    assert_int_equal(APIC(ICR), SELF_IPI | 0x90);
    interrupt_arrived(cpu, 0x90);
    vina_check(cpu);
    enter();
    assert_true(APIC(INITIAL) > 900000000); /* told */
}

/* A period too short to run in, and an interrupt that never comes, so that VTL1 is never told: VTL1 runs all the same. */
static void test_vtl1_runs_in_short_periods(void **state)
{
    (void)state;
    vtl1_waits(PERIODIC | 0x0F, 1);
    for (unsigned i = 0; i < 3; i++) {
        enter();
        assert_in_range(APIC(INITIAL), BENCH_APIC_HZ / LEAST_RUNS_A_SECOND, SECOND / 1000);
        bench_tsc += SECOND / LEAST_RUNS_A_SECOND;
        fire();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_untouched_until_then, start, stop),
        cmocka_unit_test_setup_teardown(test_an_expiry_that_a_register_notices, start, stop),
        cmocka_unit_test_setup_teardown(test_taken, start, stop),
        cmocka_unit_test_setup_teardown(test_a_running_count, start, stop),
        cmocka_unit_test_setup_teardown(test_periodic, start, stop),
        cmocka_unit_test_setup_teardown(test_divisors, start, stop),
        cmocka_unit_test_setup_teardown(test_given_back, start, stop),
        cmocka_unit_test_setup_teardown(test_one_on_its_way, start, stop),
        cmocka_unit_test_setup_teardown(test_switched_off, start, stop),
        cmocka_unit_test_setup_teardown(test_reads, start, stop),
        cmocka_unit_test_setup_teardown(test_vtl1_active, start, stop),
        cmocka_unit_test_setup_teardown(test_vtl1_is_told, start, stop),
        cmocka_unit_test_setup_teardown(test_vtl1_runs_in_short_periods, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
