/* The run loop, one entry after the other: requests, events, the epoch, who is kicked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/apic.h>
#include <hv/inject.h>
#include <hv/partition.h>
#include <hv/run.h>
#include <hv/shootdown.h>
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

static int start_vtl1(void **state)
{
    start(state);
    bench_enable_vtl1(cpu);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bench_stop();
    return 0;
}

static unsigned entries;
static const unsigned enough = 7;

/* What the script does at each entry; the loop is left after the last one. */
static void (*script)(unsigned entry);

static void next_entry(struct cpu *self)
{
    assert_ptr_equal(self, cpu);
    assert_int_equal(atomic_load(&cpu->public.running), cpu->active == VTL0 ? RUN_VTL0 : RUN_VTL1);
    script(entries);
    if (++entries == enough) {
        longjmp(bench_reset_jump, 3);
    }
}

/* Runs the loop until the script is over (3) or the processor parks (2). */
static int run_script(void (*what)(unsigned entry))
{
    int how = setjmp(bench_reset_jump);

    if (how == 0) {
        script = what;
        entries = 0;
        bench_enter = next_entry;
        run(cpu);
    }
    return how;
}

static struct bench_vtl *vtl0(void) { return &bench_vtl[0][VTL0]; }

static void request_nmi_at_0(unsigned entry)
{
    if (entry == 0) {
        cpu_request(cpu, REQUEST_NMI);
    } else if (entry == 1) {
        assert_int_equal(vtl0()->injected.type, EVENT_NMI);
        assert_int_equal(vtl0()->injections, 1);
    }
}

static void test_an_nmi_comes_once(void **state)
{
    (void)state;
    assert_int_equal(run_script(request_nmi_at_0), 3);
    assert_int_equal(vtl0()->injections, 1);
    assert_int_equal(atomic_load(&cpu->public.requests), 0);
}

/* One event an entry; the NMI follows at once: the vendor ends the entry. */
static void interrupted_and_nmi(unsigned entry)
{
    if (entry == 0) {
        vtl0()->reg[VREG_RFLAGS] |= RFLAGS_IF;
        cpu->exit.interrupted = (struct event){ .type = EVENT_INTERRUPT, .vector = 0x31 };
        cpu_request(cpu, REQUEST_NMI);
    } else if (entry == 1) {
        assert_int_equal(vtl0()->injected.type, EVENT_INTERRUPT);
        assert_int_equal(vtl0()->injected.vector, 0x31);
        assert_int_equal(vtl0()->early_exits, 1);
    } else if (entry == 2) {
        assert_int_equal(vtl0()->injected.type, EVENT_NMI);
    }
}

static void test_two_events(void **state)
{
    (void)state;
    assert_int_equal(run_script(interrupted_and_nmi), 3);
    assert_int_equal(vtl0()->injections, 2);
}

/* VTL1 has cleared VTL0's IF meanwhile: no vendor's injection asks for it. */
static void interrupted_and_closed(unsigned entry)
{
    if (entry == 0) {
        cpu->exit.interrupted = (struct event){ .type = EVENT_INTERRUPT, .vector = 0x31 };
    } else if (entry == 1) {
        assert_int_equal(vtl0()->injections, 0);
        vtl0()->reg[VREG_RFLAGS] |= RFLAGS_IF;
    } else if (entry == 2) {
        assert_int_equal(vtl0()->raised, 0x31);
    }
}

static void test_a_broken_off_interrupt_waits_for_if(void **state)
{
    (void)state;
    assert_int_equal(run_script(interrupted_and_closed), 3);
}

static void interrupted_software(unsigned entry)
{
    if (entry == 0) {
        cpu->exit.interrupted = (struct event){ .type = EVENT_SOFTWARE, .vector = 0x80 };
    }
}

static void test_int_n_is_executed_again(void **state)
{
    (void)state;
    assert_int_equal(run_script(interrupted_software), 3);
    assert_int_equal(vtl0()->injections, 0);
}

static void init_then_startup(unsigned entry)
{
    if (entry == 0) {
        atomic_store(&cpu->public.sipi_vector, 0x8);
        atomic_fetch_or(&cpu->public.requests, REQUEST_INIT | REQUEST_SIPI);
    } else if (entry == 1) {
        assert_int_equal(vtl0()->context.cs.selector, 0x800);
        assert_false(cpu->waiting_for_sipi);
        atomic_fetch_or(&cpu->public.requests, REQUEST_SIPI);
    }
}

static void test_init_and_startup(void **state)
{
    (void)state;
    assert_int_equal(run_script(init_then_startup), 3);
    assert_int_equal(vtl0()->starts, 2); /* INIT, SIPI; the second SIPI is nothing */
    assert_int_equal(atomic_load(&cpu->public.requests), 0);
}

static void vtl1_is_left_alone(unsigned entry)
{
    if (entry == 0) {
        cpu->active = VTL1;
        atomic_fetch_or(&cpu->public.requests, REQUEST_INIT | REQUEST_NMI);
    } else if (entry == 2) {
        assert_int_equal(vtl0()->starts, 0);
        assert_int_equal(bench_vtl[0][VTL1].injections, 0);
        cpu->active = VTL0;
        atomic_fetch_or(&cpu->public.requests, REQUEST_SIPI);
    } else if (entry == 3) {
        assert_int_equal(vtl0()->starts, 2);
    }
}

/* F17: INIT, SIPI and NMI of VTL0 wait until VTL1 returns. */
static void test_vtl1_is_not_disturbed(void **state)
{
    (void)state;
    assert_int_equal(run_script(vtl1_is_left_alone), 3);
    assert_int_equal(bench_vtl[0][VTL1].starts, 0);
    assert_int_equal(bench_vtl[0][VTL1].injections, 0);
}

static void park_at_1(unsigned entry)
{
    if (entry == 1) {
        atomic_fetch_or(&cpu->public.requests, REQUEST_PARK | REQUEST_INIT);
    }
}

static void park_in_vtl1(unsigned entry)
{
    cpu->active = VTL1;
    park_at_1(entry);
}

static void test_park_ends_it(void **state)
{
    (void)state;
    assert_int_equal(run_script(park_at_1), 2);
    assert_int_equal(entries, 2);
    assert_int_equal(vtl0()->starts, 0);
    atomic_store(&cpu->public.requests, 0);
    assert_int_equal(run_script(park_in_vtl1), 2);
    assert_int_equal(entries, 2);
}

static void nothing(unsigned entry) { (void)entry; }

static void test_park_finds_a_sleeper(void **state)
{
    (void)state;
    cpu->waiting_for_sipi = true;
    atomic_store(&cpu->public.requests, REQUEST_PARK | REQUEST_NMI);
    assert_int_equal(run_script(nothing), 2);
    assert_int_equal(entries, 0);
}

static void epochs(unsigned entry)
{
    uint64_t now = atomic_load(&partition.slat_epoch);

    /* Whatever was taken away before this entry, VTL0 does not see it any more. */
    assert_int_equal(atomic_load(&cpu->public.seen_epoch), now);
    assert_int_equal(vtl0()->flushes, entry);
    atomic_fetch_add(&partition.slat_epoch, 1);
}

static void test_an_epoch_flushes_once(void **state)
{
    (void)state;
    assert_int_equal(run_script(epochs), 3);
}

static void epoch_in_vtl1(unsigned entry)
{
    if (entry == 0) {
        cpu->active = VTL1;
    } else if (entry == 1) {
        atomic_fetch_add(&partition.slat_epoch, 1);
        cpu->active = VTL0;
    } else if (entry == 2) {
        assert_int_equal(vtl0()->flushes, 1);
    }
}

static void test_an_epoch_during_vtl1(void **state)
{
    (void)state;
    assert_int_equal(run_script(epoch_in_vtl1), 3);
}

static void keep_exception(unsigned entry)
{
    if (entry == 0) {
        cpu->exit.kind = EXIT_UNDEFINED;
        cpu->exit.interrupted = (struct event){ .type = EVENT_INTERRUPT, .vector = 0x31 };
    } else if (entry == 1) {
        assert_true(vtl0()->injected.type == EVENT_EXCEPTION && vtl0()->injected.vector == VECTOR_UD);
        assert_int_equal(vtl0()->raised, 0);
        assert_int_equal(vtl0()->awaited, 3);
        assert_int_equal(bench_waiting(cpu, VTL0), 0x31);
        vtl0()->reg[VREG_RFLAGS] |= RFLAGS_IF;
    } else if (entry == 2) {
        assert_int_equal(vtl0()->raised, 0x31);
        assert_int_equal(vtl0()->awaited, 0);
    }
}

/* Two that came while VTL1 ran: the higher vector first, the other when that one has been taken. */
static void interrupts_in_vtl1(unsigned entry)
{
    if (entry == 0) {
        cpu->active = VTL1;
    } else if (entry == 1 || entry == 2) {
        bench_interrupt = entry == 1 ? 0x41 : 0xD2;
        cpu->exit.kind = EXIT_INTERRUPT;
    } else if (entry == 3) {
        assert_int_equal(bench_vtl[0][VTL1].raised, 0);
        cpu->active = VTL0;
    } else if (entry == 4) {
        assert_int_equal(vtl0()->raised, 0); /* IF is clear */
        assert_int_equal(vtl0()->awaited, 13);
        vtl0()->reg[VREG_RFLAGS] |= RFLAGS_IF;
    } else if (entry == 5) {
        assert_int_equal(vtl0()->raised, 0xD2);
        assert_int_equal(vtl0()->awaited, 4);
        assert_int_equal(bench_waiting(cpu, VTL0), 0x41);
    } else if (entry == 6) {
        assert_int_equal(vtl0()->raised, 0x41);
        assert_int_equal(vtl0()->awaited, 0);
        assert_int_equal(bench_waiting(cpu, VTL0), 0);
    }
}

static void test_interrupts_wait_for_vtl0(void **state)
{
    (void)state;
    assert_int_equal(run_script(interrupts_in_vtl1), 3);
}

static void test_an_exception_goes_first(void **state)
{
    (void)state;
    assert_int_equal(run_script(keep_exception), 3);
    assert_int_equal(vtl0()->injections, 1);
}

/* Only a processor that runs VTL0 with an old epoch is kicked, and waited for. */
static void test_who_is_shot_down(void **state)
{
    (void)state;
    static const enum run_state others[] = { RUN_HOST, RUN_VTL1, RUN_ASLEEP };

    for (unsigned i = 0; i < 3; i++) {
        atomic_store(&cpus[1]->public.running, others[i]);
        shootdown_vtl0(cpu);
        assert_int_equal(atomic_load(&cpus[1]->public.kicks), 0);
    }
    atomic_store(&cpus[1]->public.running, RUN_VTL0);
    atomic_store(&cpus[1]->public.seen_epoch, atomic_load(&partition.slat_epoch) + 1);
    shootdown_vtl0(cpu);
    assert_int_equal(atomic_load(&cpus[1]->public.kicks), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_an_nmi_comes_once, start, stop),
        cmocka_unit_test_setup_teardown(test_two_events, start, stop),
        cmocka_unit_test_setup_teardown(test_a_broken_off_interrupt_waits_for_if, start, stop),
        cmocka_unit_test_setup_teardown(test_int_n_is_executed_again, start, stop),
        cmocka_unit_test_setup_teardown(test_init_and_startup, start, stop),
        cmocka_unit_test_setup_teardown(test_vtl1_is_not_disturbed, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_park_ends_it, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_park_finds_a_sleeper, start, stop),
        cmocka_unit_test_setup_teardown(test_an_epoch_flushes_once, start, stop),
        cmocka_unit_test_setup_teardown(test_an_epoch_during_vtl1, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_interrupts_wait_for_vtl0, start_vtl1, stop),
        cmocka_unit_test_setup_teardown(test_an_exception_goes_first, start, stop),
        cmocka_unit_test_setup_teardown(test_who_is_shot_down, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
