/* Synthetic timers, the messages they send, and the deadlines behind them; the TSC moves only when a test says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/apic.h>
#include <hv/deadline.h>
#include <hv/local_apic.h>
#include <hv/partition.h>
#include <hv/stimer.h>
#include <hv/synthetic_msr.h>

#include "hv-core-bench.h"

#include <cmocka.h>

#define CONFIG(n) (HV_MSR_STIMER0_CONFIG + 2 * (n))
#define COUNT(n)  (HV_MSR_STIMER0_CONFIG + 2 * (n) + 1)
#define ON        HV_STIMER_ENABLED
#define DIRECT    (HV_STIMER_DIRECT | 0x90u << 4)
#define SINT2     (UINT64_C(2) << 16)
#define PAGE      UINT64_C(0x30000)
#define SLOT      (PAGE + 2 * HV_MESSAGE_SIZE)
#define ICR       (*(volatile uint32_t *)(HV_VA_APIC + 0x300))
#define SELF_IPI  0x44000u

static struct cpu *cpu;

static int start(void **state)
{
    (void)state;
    bench_tsc = 0;
    bench_start(2);
    cpu = cpus[0];
    cpu->vtl[VTL0].scontrol = 1;
    bench_enable_vtl1(cpu);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bench_stop();
    return 0;
}

static bool write(uint32_t msr, uint64_t value) { return synthetic_msr_write(cpu, cpu->active, msr, value); }

static uint64_t read(uint32_t msr)
{
    uint64_t value = 0;

    assert_true(synthetic_msr_read(cpu, cpu->active, msr, &value));
    return value;
}

/* Time passes, then the processor is about to enter its VTL. */
static void pass_to(uint64_t time)
{
    bench_tsc = clock_tsc_at(time);
    ICR = 0;
    deadlines_run(cpu);
}

static void set(unsigned n, uint64_t config, uint64_t count)
{
    assert_true(write(CONFIG(n), 0) && write(COUNT(n), count) && write(CONFIG(n), config));
}

static void test_values(void **state)
{
    (void)state;
    for (unsigned n = 0; n < HV_STIMERS; n++) {
        for (unsigned bit = 13; bit < 64; bit++) {
            assert_int_equal(write(CONFIG(n), UINT64_C(1) << bit), bit >= 16 && bit < 20);
        }
        for (unsigned vector = 0; vector < 256; vector++) {
            assert_int_equal(write(CONFIG(n), HV_STIMER_DIRECT | vector << 4), vector >= 16);
            assert_true(write(CONFIG(n), vector << 4));
        }
        set(n, DIRECT | ON, 0);
        assert_int_equal(read(CONFIG(n)), DIRECT);
        set(n, ON, 1000);
        assert_int_equal(read(CONFIG(n)), 0);
        set(n, SINT2 | ON, 1000);
        assert_int_equal(read(CONFIG(n)), SINT2 | ON);
        assert_true(write(COUNT(n), 0));
        assert_int_equal(read(CONFIG(n)), SINT2);
        assert_true(write(COUNT(n), 77));
        assert_int_equal(read(CONFIG(n)), SINT2);
        assert_int_equal(read(COUNT(n)), 77);
        assert_true(write(CONFIG(n), SINT2 | HV_STIMER_AUTO_ENABLE) && write(COUNT(n), 78));
        assert_int_equal(read(CONFIG(n)), SINT2 | HV_STIMER_AUTO_ENABLE | ON);
        assert_true(write(CONFIG(n), 0));
    }
    assert_int_equal(deadline_next(cpu), CLOCK_NEVER);
}

static void test_one_shot(void **state)
{
    (void)state;
    set(1, DIRECT | ON, 5000);
    set(3, DIRECT | ON, 4000);
    assert_int_equal(deadline_next(cpu), clock_tsc_at(4000));
    pass_to(3990);
    assert_int_equal(ICR, 0);
    pass_to(4000);
    assert_int_equal(ICR, SELF_IPI | 0x90);
    assert_int_equal(read(CONFIG(3)), DIRECT);
    assert_int_equal(deadline_next(cpu), clock_tsc_at(5000));
    pass_to(6000);
    assert_int_equal(ICR, SELF_IPI | 0x90);
    assert_int_equal(deadline_next(cpu), CLOCK_NEVER);
    set(0, DIRECT | ON, 100); /* long ago */
    pass_to(6001);
    assert_int_equal(ICR, SELF_IPI | 0x90);
}

static void test_periodic(void **state)
{
    (void)state;
    bench_tsc = clock_tsc_at(1000);
    set(0, DIRECT | HV_STIMER_PERIODIC | ON, 300);
    for (uint64_t time = 1300; time < 3000; time += 300) {
        assert_in_range(deadline_next(cpu), clock_tsc_at(time), clock_tsc_at(time + 1));
        pass_to(time + 1);
        assert_int_equal(ICR, SELF_IPI | 0x90);
    }
    pass_to(10000); /* what nobody saw is left out, the phase stays */
    assert_int_equal(ICR, SELF_IPI | 0x90);
    assert_in_range(deadline_next(cpu), clock_tsc_at(10000), clock_tsc_at(10301));
    assert_int_equal(read(CONFIG(0)), DIRECT | HV_STIMER_PERIODIC | ON);
    set(0, DIRECT | HV_STIMER_PERIODIC | ON, UINT64_MAX);
    assert_int_equal(deadline_next(cpu), CLOCK_NEVER); /* behind the end of all time */
    set(0, DIRECT | HV_STIMER_PERIODIC | ON, 1);
    pass_to(20000);
    assert_true(deadline_next(cpu) > bench_tsc - 400);
}

/* VTL1's ends VTL0's turn; VTL0's waits for VTL1's return. */
static void test_who_waits(void **state)
{
    (void)state;
    set(0, DIRECT | ON, 2000);
    cpu->active = VTL1;
    set(0, DIRECT | ON, 3000);
    assert_int_equal(deadline_next(cpu), clock_tsc_at(3000));
    cpu->active = VTL0;
    assert_int_equal(deadline_next(cpu), clock_tsc_at(2000));
    assert_true(deadline_is_on(cpu, VTL1));
    cpu->active = VTL1;
    pass_to(2500);
    assert_int_equal(ICR, 0);
    cpu->active = VTL0;
    pass_to(2500);
    assert_int_equal(ICR, SELF_IPI | 0x90);
    assert_int_equal(cpu->active, VTL0);
    pass_to(3000);
    assert_int_equal(ICR, 0);
    assert_true(local_apic_interrupts(cpu)); /* the run loop enters VTL1 for it */
    assert_int_equal(bench_waiting(cpu, VTL1), 0x90);
    assert_false(deadline_is_on(cpu, VTL0));
}

static struct hv_message message(void)
{
    struct hv_message slot;

    bench_peek(SLOT, &slot, sizeof(slot));
    return slot;
}

static void open_slot(uint64_t sint)
{
    static const struct hv_message none;

    bench_poke(SLOT, &none, sizeof(none));
    assert_true(write(HV_MSR_SIMP, PAGE | HV_MSR_PAGE_ENABLE) && write(HV_MSR_SINT0 + 2, sint));
}

static void test_message(void **state)
{
    (void)state;
    open_slot(0x91);
    set(3, SINT2 | ON, 2000);
    pass_to(2010);
    assert_int_equal(ICR, SELF_IPI | 0x91);
    assert_int_equal(message().type, HV_MESSAGE_TIMER_EXPIRED);
    assert_int_equal(message().payload_size, 24);
    assert_int_equal(message().flags, 0);
    assert_int_equal(message().timer.timer_index, 3);
    assert_int_equal(message().timer.expiration_time, 2000);
    assert_in_range(message().timer.delivery_time, 2010, 2011);
}

static void test_sints(void **state)
{
    (void)state;
    static const uint64_t silent[] = { HV_SINT_MASKED | 0x91, HV_SINT_POLLING | 0x91 };

    for (unsigned i = 0; i < 2; i++) {
        open_slot(silent[i]);
        set(0, SINT2 | ON, 1);
        pass_to(3000 + i);
        assert_int_equal(ICR, 0);
        assert_int_equal(message().type, HV_MESSAGE_TIMER_EXPIRED);
    }
    open_slot(HV_SINT_AUTO_EOI | 0x91);
    set(0, SINT2 | ON, 1);
    pass_to(4000);
    assert_int_equal(ICR, 0);
    assert_int_equal(bench_waiting(cpu, VTL0), 0x91);
}

static void free_slot(void)
{
    uint32_t none = 0;

    bench_poke(SLOT, &none, sizeof(none));
}

/* Full: flag, nothing else; at EOM, or when somebody looks and it is free, the message comes. */
static void test_full_slot(void **state)
{
    (void)state;
    open_slot(0x91);
    set(0, SINT2 | ON, 1000);
    set(1, SINT2 | ON | HV_STIMER_PERIODIC, 2000);
    pass_to(1000);
    pass_to(2001);
    assert_int_equal(ICR, 0);
    assert_int_equal(message().timer.timer_index, 0);
    assert_int_equal(message().flags, HV_MESSAGE_FLAG_PENDING);
    assert_int_equal(deadline_next(cpu), CLOCK_NEVER); /* a full slot is no reason to exit each period */
    assert_true(write(HV_MSR_EOM, 0));
    assert_int_equal(message().timer.timer_index, 0);
    free_slot();
    bench_tsc = clock_tsc_at(9500);
    assert_true(write(HV_MSR_EOM, 0));
    assert_int_equal(message().timer.timer_index, 1);
    assert_in_range(message().timer.expiration_time, 2000, 2001);
    assert_in_range(message().timer.delivery_time, 9500, 9501);
    assert_int_equal(ICR, SELF_IPI | 0x91);
    assert_in_range(deadline_next(cpu), clock_tsc_at(10000), clock_tsc_at(10001));
    pass_to(10001);
    free_slot();
    stimers_retry(cpu, VTL0);
    assert_int_equal(message().timer.timer_index, 1);
    pass_to(12001);
    assert_true(write(COUNT(1), 0)); /* stopped: what waits is gone */
    free_slot();
    stimers_retry(cpu, VTL0);
    assert_int_equal(message().type, HV_MESSAGE_NONE);
}

/* No page, SynIC off, or a page that VTL1 has taken: it waits, and nothing is written. */
static void test_no_place(void **state)
{
    (void)state;
    open_slot(0x91);
    set(0, SINT2 | ON, 1000);
    assert_true(write(HV_MSR_SIMP, 0));
    pass_to(1000);
    assert_int_equal(message().type, HV_MESSAGE_NONE);
    assert_true(write(HV_MSR_SIMP, PAGE | HV_MSR_PAGE_ENABLE) && write(HV_MSR_SCONTROL, 0) && write(HV_MSR_EOM, 0));
    assert_int_equal(message().type, HV_MESSAGE_NONE);
    assert_true(write(HV_MSR_SCONTROL, 1));
    bench_protect(PAGE, SLAT_R);
    assert_true(write(HV_MSR_EOM, 0));
    assert_int_equal(message().type, HV_MESSAGE_NONE);
    bench_protect(PAGE, SLAT_RW);
    assert_true(write(HV_MSR_EOM, 0));
    assert_int_equal(message().type, HV_MESSAGE_TIMER_EXPIRED);
}

static void test_init(void **state)
{
    (void)state;
    set(0, DIRECT | ON, 1000);
    vp_init(cpu);
    assert_int_equal(deadline_next(cpu), CLOCK_NEVER);
    assert_int_equal(read(CONFIG(0)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_values, start, stop),
        cmocka_unit_test_setup_teardown(test_one_shot, start, stop),
        cmocka_unit_test_setup_teardown(test_periodic, start, stop),
        cmocka_unit_test_setup_teardown(test_who_waits, start, stop),
        cmocka_unit_test_setup_teardown(test_message, start, stop),
        cmocka_unit_test_setup_teardown(test_sints, start, stop),
        cmocka_unit_test_setup_teardown(test_full_slot, start, stop),
        cmocka_unit_test_setup_teardown(test_no_place, start, stop),
        cmocka_unit_test_setup_teardown(test_init, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
