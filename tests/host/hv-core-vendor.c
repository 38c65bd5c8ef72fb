/* A vendor without a processor: registers are an array, entering is the test's function. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/apic_timer.h>
#include <hv/ept.h>
#include <hv/hypercalls.h>
#include <hv/interrupts.h>
#include <hv/npt.h>
#include <hv/x86.h>

#include "hv-core-bench.h"

#include <cmocka.h>

struct bench_vtl bench_vtl[BENCH_PROCESSORS][VTL_COUNT];
void (*bench_enter)(struct cpu *cpu);
uint8_t bench_interrupt;
bool bench_mode_based, bench_shares_apic_timer;
uint64_t bench_deadline;
unsigned bench_nmis_taken, bench_sleeps, bench_idles;
uint32_t bench_interceptable;
bool bench_port_exits[0x10000];

static struct bench_vtl *of(const struct cpu *cpu, enum vtl vtl)
{
    return &bench_vtl[cpu->vp_index][vtl];
}

/* Intel's encoding is the one that tells kernel and user execution apart. */
static const struct slat_format *fake_slat(void) { return bench_mode_based ? ept_format(true, true) : npt_format(true); }

static void fake_vtl_start(struct cpu *cpu, enum vtl vtl, const struct hv_initial_vp_context *context)
{
    of(cpu, vtl)->starts++;
    of(cpu, vtl)->context = *context;
    of(cpu, vtl)->reg[VREG_RIP] = context->rip;
    of(cpu, vtl)->segment[VSEG_CS] = context->cs;
    cpu->control[vtl] = of(cpu, vtl);
}

static void fake_enter(struct cpu *cpu)
{
    assert_non_null(bench_enter);
    cpu->exit = (struct exit){ .kind = EXIT_RETRY };
    bench_enter(cpu);
    of(cpu, VTL0)->busy = of(cpu, VTL1)->busy = false;
}

static uint64_t fake_get(const struct cpu *cpu, enum vtl vtl, enum vreg reg) { return of(cpu, vtl)->reg[reg]; }
static void fake_set(struct cpu *cpu, enum vtl vtl, enum vreg reg, uint64_t value) { of(cpu, vtl)->reg[reg] = value; }

static void fake_get_segment(const struct cpu *cpu, enum vtl vtl, enum vsegment segment, struct hv_x64_segment_register *out)
{
    *out = of(cpu, vtl)->segment[segment];
}

static void fake_set_segment(struct cpu *cpu, enum vtl vtl, enum vsegment segment, const struct hv_x64_segment_register *value)
{
    of(cpu, vtl)->segment[segment] = *value;
}

static uint32_t fake_interceptable(void) { return bench_interceptable; }

static void fake_port_exits(uint16_t port, bool exits) { bench_port_exits[port] = exits; }

static unsigned fake_privilege(const struct cpu *cpu, enum vtl vtl) { return of(cpu, vtl)->privilege; }

static bool fake_in_shadow(const struct cpu *cpu, enum vtl vtl) { return of(cpu, vtl)->shadow; }

static void fake_inject(struct cpu *cpu, enum vtl vtl, const struct event *event)
{
    assert_int_not_equal(event->type, EVENT_NONE);
    of(cpu, vtl)->injected = *event;
    of(cpu, vtl)->injections++;
    of(cpu, vtl)->busy = true;
}

/* Takes it if IF is set and nothing else is on its way. */
static bool fake_deliver(struct cpu *cpu, enum vtl vtl, uint8_t vector)
{
    bool can = (of(cpu, vtl)->reg[VREG_RFLAGS] & RFLAGS_IF) != 0 && !of(cpu, vtl)->busy;

    of(cpu, vtl)->raised = can ? vector : of(cpu, vtl)->raised;
    return can;
}

static void fake_await(struct cpu *cpu, enum vtl vtl, unsigned priority) { of(cpu, vtl)->awaited = priority; }

static void fake_set_deadline(struct cpu *cpu, uint64_t tsc)
{
    bench_deadline = tsc;
    if (bench_shares_apic_timer) {
        apic_timer_set(cpu, tsc);
    }
}

static void fake_flush(struct cpu *cpu, enum vtl vtl) { of(cpu, vtl)->flushes++; }
static void fake_take_nmi(void) { bench_nmis_taken++; }
static void fake_take_interrupt(struct cpu *cpu) { interrupt_arrived(cpu, bench_interrupt); }

/* The wait of a sleeping processor that finds a request at once; a test must leave one before. */
static void fake_sleep(const _Atomic uint32_t *wake)
{
    bench_sleeps++;
    assert_int_not_equal(atomic_load(wake), 0);
}

static void fake_idle(struct cpu *cpu)
{
    assert_int_equal(atomic_load(&cpu->public.running), RUN_ASLEEP); /* or others would not wake it */
    bench_idles++;
}

static void fake_processor_on(struct cpu *cpu) { (void)cpu; }
static void fake_exit_after_event(struct cpu *cpu) { of(cpu, cpu->active)->early_exits++; }
static void fake_wipe(struct cpu *cpu) { memset(of(cpu, VTL1), 0, sizeof(*of(cpu, VTL1))); }

static const struct vendor fake = {
    .name = "an array",
    .fault = "fault, information",
    .hypercall_page = hypercall_page_vmmcall,
    .slat = fake_slat,
    .processor_on = fake_processor_on,
    .vtl_start = fake_vtl_start,
    .enter = fake_enter,
    .get = fake_get,
    .set = fake_set,
    .get_segment = fake_get_segment,
    .set_segment = fake_set_segment,
    .interceptable = fake_interceptable,
    .port_exits = fake_port_exits,
    .privilege = fake_privilege,
    .in_shadow = fake_in_shadow,
    .inject = fake_inject,
    .deliver_interrupt = fake_deliver,
    .await_interrupt = fake_await,
    .exit_after_event = fake_exit_after_event,
    .set_deadline = fake_set_deadline,
    .flush = fake_flush,
    .take_interrupt = fake_take_interrupt,
    .take_nmi = fake_take_nmi,
    .sleep = fake_sleep,
    .idle = fake_idle,
    .wipe = fake_wipe,
};

unsigned bench_waiting(const struct cpu *cpu, enum vtl vtl)
{
    for (unsigned vector = 255; vector > 0; vector--) {
        uint64_t word = vtl == VTL0 ? cpu->held[vector / 64] : atomic_load(&cpu->vtl[VTL1].apic.irr[vector / 64]);

        if ((word >> vector % 64 & 1) != 0) {
            return vector;
        }
    }
    return 0;
}

const struct vendor *vendor = &fake;
