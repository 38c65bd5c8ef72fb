/*
 * F15: can a processor that runs a guest with IF=0 be kicked out by an NMI
 * from another one, and is that NMI seen exactly once? Processor 1 is the
 * target, processor 0 the initiator.
 */
#include <lib/string.h>

#include "apic.h"
#include "bench.h"
#include "cpu.h"
#include "guest.h"
#include "smp.h"
#include "trials.h"

#define SETTLE_LOOPS 200000u
#define KICKS 200u

#define RIP(label) ((uint64_t)(uintptr_t)(label))

static volatile uint64_t target_stage;
static volatile uint64_t initiator_stage;

static struct {
    uint32_t code;
    uint64_t tsc;
    uint64_t progress;
    uint64_t held;
    uint32_t again_code;
    uint64_t again_progress;
    uint64_t taken;
    uint32_t free_code;
    uint64_t free_progress;
    uint64_t taken_later;
    uint64_t taken_after_iret;
    uint64_t rip;
} seen;

static uint64_t nmis(void)
{
    return host_traps[1].count[2];
}

static void target_begin(void (*code)(void), uint64_t argument)
{
    traps_clear(&host_traps[1]);
    memset(&seen, 0, sizeof(seen));
    guest_reset(&vtl0, code, argument, false);
    cli();
    clgi();
    target_stage++;
}

/* Gives processor 1 its job and waits until target_begin has reset all counters. */
static void target_start(void (*job)(void))
{
    uint64_t stage = target_stage + 1;

    smp_job(job);
    wait_for(&target_stage, stage);
}

/* After the first exit: is the NMI held, does it end the next entry, does STGI take it once, is the guest free? */
static void target_follow_up(void)
{
    spin(SETTLE_LOOPS);
    seen.held = nmis();
    seen.again_code = guest_run(&vtl0);
    seen.again_progress = guest_progress - seen.progress;
    stgi();
    seen.taken = nmis();
    clgi();
    vtl0.vmcb->rip = RIP(guest_loop_times);
    vtl0.rdi = 100000;
    guest_progress = 0;
    seen.free_code = guest_run(&vtl0);
    seen.free_progress = guest_progress;
    stgi();
    spin(SETTLE_LOOPS);
    seen.taken_later = nmis();
}

static void report_follow_up(const char *id)
{
    fact(id,
         "held while GIF=0: %lu NMIs; next VMRUN: exit %x after %lu loops; after STGI: %lu; then: exit %x after %lu "
         "loops, %lu NMIs in all",
         seen.held, seen.again_code, seen.again_progress, seen.taken, seen.free_code, seen.free_progress,
         seen.taken_later);
    need(id, seen.held == 0, "an NMI that ended a guest is held while GIF=0");
    need(id, seen.again_code == EXIT_NMI && seen.again_progress == 0,
         "it stays pending: entering again without STGI exits at once");
    need(id, seen.taken == 1 && seen.taken_later == 1, "STGI delivers it through the host's vector 2, exactly once");
    need(id, seen.free_code == EXIT_VMMCALL && seen.free_progress == 100000, "afterwards the guest runs free");
}

static void target_kicked(void)
{
    target_begin(guest_loop, 0);
    seen.code = guest_run(&vtl0);
    seen.tsc = rdtsc();
    seen.progress = guest_progress;
    target_follow_up();
}

static void kick_running_guest(void)
{
    uint64_t start;
    uint64_t progress;

    target_start(target_kicked);
    need("N1", wait_for(&guest_progress, 1000), "the guest runs");
    progress = guest_progress;
    start = rdtsc();
    apic_send(1, ICR_NMI);
    need("N1", smp_wait(), "the target came back");
    fact("N1", "IF=0 guest loop: exit %x, %lu TSC ticks and at most %lu loops after the ICR write", seen.code,
         seen.tsc - start, seen.progress - progress);
    need("N1", seen.code == EXIT_NMI, "an NMI through the ICR ends a guest that runs with IF=0");
    report_follow_up("N1");
}

static void target_pending_before_entry(void)
{
    target_begin(guest_loop_times, 100000);
    wait_for(&initiator_stage, target_stage);
    spin(SETTLE_LOOPS);
    seen.code = guest_run(&vtl0);
    seen.progress = guest_progress;
    target_follow_up();
}

/* Sends count NMIs once the target stands between CLGI and VMRUN (or STGI). */
static void send_while_closed(void (*job)(void), unsigned count)
{
    uint64_t stage = target_stage + 1;

    initiator_stage = target_stage;
    smp_job(job);
    wait_for(&target_stage, stage);
    for (unsigned i = 0; i < count; i++) {
        apic_send(1, ICR_NMI);
        spin(1000);
    }
    initiator_stage = stage;
    need("N", smp_wait(), "the target came back");
}

static void kick_before_entry(void)
{
    send_while_closed(target_pending_before_entry, 1);
    fact("N2", "NMI between CLGI and VMRUN: exit %x after %lu loops", seen.code, seen.progress);
    need("N2", seen.code == EXIT_NMI && seen.progress == 0, "an NMI between CLGI and VMRUN ends the guest at once");
    report_follow_up("N2");
}

static void target_closed_then_open(void)
{
    target_begin(guest_loop_times, 1);
    wait_for(&initiator_stage, target_stage);
    spin(SETTLE_LOOPS);
    seen.held = nmis();
    stgi();
    seen.taken = nmis();
    spin(SETTLE_LOOPS);
    seen.taken_later = nmis();
}

static void kick_closed_host(void)
{
    send_while_closed(target_closed_then_open, 1);
    fact("N3", "one NMI at GIF=0, no guest: %lu before STGI, %lu after, %lu later", seen.held, seen.taken,
         seen.taken_later);
    need("N3", seen.held == 0 && seen.taken == 1 && seen.taken_later == 1, "GIF=0 holds an NMI, STGI delivers it once");
    send_while_closed(target_closed_then_open, 3);
    fact("N4", "three NMIs at GIF=0: %lu before STGI, %lu after, %lu later", seen.held, seen.taken, seen.taken_later);
    need("N4", seen.held == 0 && seen.taken >= 1, "several kicks may collapse, but never to none");
}

static void target_guest_halt(void)
{
    target_begin(guest_halt, 0);
    seen.code = guest_run(&vtl0);
    seen.rip = vtl0.vmcb->rip;
    stgi();
    seen.taken = nmis();
}

static void kick_halted_guest(void)
{
    target_start(target_guest_halt);
    spin(SETTLE_LOOPS);
    apic_send(1, ICR_NMI);
    need("N5", smp_wait(), "the target came back");
    fact("N5", "HLT (IF=0, not intercepted) in the guest: exit %x, RIP %s the HLT, %lu NMIs taken", seen.code,
         seen.rip == RIP(guest_halt_after) ? "after" : "not after",
         seen.taken);
    need("N5", seen.code == EXIT_NMI, "an NMI ends a halted guest");
}

static void target_host_halt(void)
{
    target_begin(guest_loop_times, 1);
    stgi();
    __asm__ volatile("hlt" : : : "memory");
    seen.taken = nmis();
}

static void kick_halted_host(void)
{
    target_start(target_host_halt);
    spin(SETTLE_LOOPS);
    apic_send(1, ICR_NMI);
    need("N6", smp_wait(), "an NMI wakes a host that halts with IF=0");
    fact("N6", "HLT in the host, IF=0, GIF=1: %lu NMIs taken", seen.taken);
}

/* The guest's vector 2 handler: stays there, counting, so that the guest's NMI is never completed by an IRET. */
static void stay_in_nmi_handler(struct trap_frame *frame)
{
    if (frame->vector == 2) {
        guest_loop();
    }
}

static uint64_t injected_event;

static void target_in_guest_nmi(void)
{
    target_begin(guest_loop_times, 1);
    vtl0_traps.hook = stay_in_nmi_handler;
    vtl0.vmcb->event_inj = injected_event;
    seen.code = guest_run(&vtl0);
    stgi();
    seen.taken = nmis();
    spin(SETTLE_LOOPS);
    seen.taken_later = nmis();
    cpu_iret();
    seen.taken_after_iret = nmis();
}

/* A guest that is not kicked out is stopped by guest_stop, so that the run goes on. */
static void kick_guest_in_handler(const char *id, uint64_t event, const char *what)
{
    bool kicked;

    injected_event = event;
    target_start(target_in_guest_nmi);
    need(id, wait_for(&guest_progress, 1000), "the guest is in its handler of vector 2");
    apic_send(1, ICR_NMI);
    kicked = smp_wait();
    guest_stop = 1;
    need(id, smp_wait(), "the target came back");
    fact(id, "guest inside its handler of vector 2 (%s), no IRET: exit %x, %lu NMIs taken at STGI, %lu later, "
             "%lu after an IRET of the host", what, seen.code, seen.taken, seen.taken_later, seen.taken_after_iret);
    need(id, seen.taken_after_iret == 1, "the kick is not lost");
    need(id, kicked && seen.code == EXIT_NMI, "a guest cannot hold off the kick by staying in that handler");
}

static volatile uint64_t kicks_seen;

/* Enter, exit, consume; over and over. */
static void target_many(void)
{
    target_begin(guest_loop, 0);
    while (kicks_seen < KICKS) {
        uint32_t code = guest_run(&vtl0);

        seen.tsc = rdtsc();
        stgi();
        kicks_seen += code == EXIT_NMI;
        clgi();
    }
    stgi();
    seen.taken = nmis();
}

static void kick_often(void)
{
    uint64_t least = ~0ull;
    uint64_t most = 0;
    uint64_t sum = 0;

    kicks_seen = 0;
    target_start(target_many);
    wait_for(&guest_progress, 1000);
    for (uint64_t i = 0; i < KICKS; i++) {
        uint64_t ticks;
        uint64_t start;

        wait_for(&guest_progress, guest_progress + 10);
        start = rdtsc();
        apic_send(1, ICR_NMI);
        if (!wait_for(&kicks_seen, i + 1)) {
            bench_end("a kick was lost");
        }
        ticks = seen.tsc - start;
        least = ticks < least ? ticks : least;
        most = ticks > most ? ticks : most;
        sum += ticks;
    }
    need("N8", smp_wait(), "the target came back");
    fact("N8", "%u kicks: %lu exits, %lu NMIs; TSC ticks from ICR write to exit: least %lu, mean %lu, most %lu", KICKS,
         kicks_seen, seen.taken, least, sum / KICKS, most);
    need("N8", kicks_seen == KICKS && seen.taken == KICKS, "each kick is one exit and one host NMI");
}

/* Short guest runs, the host open in between: kicks land in every phase. */
static void target_phases(void)
{
    target_begin(guest_loop_times, 1);
    while (initiator_stage != 0) {
        vtl0.vmcb->rip = RIP(guest_loop_times);
        vtl0.rdi = 50;
        guest_run(&vtl0);
        stgi();
        clgi();
    }
    stgi();
    spin(SETTLE_LOOPS);
    seen.taken = nmis();
}

static void kick_in_any_phase(void)
{
    uint64_t lost = 0;

    initiator_stage = 1;
    target_start(target_phases);
    wait_for(&guest_progress, 100);
    for (uint64_t i = 0; i < KICKS && lost < 2; i++) {
        uint64_t before = nmis();

        apic_send(1, ICR_NMI);
        lost += !wait_for(&host_traps[1].count[2], before + 1);
        spin(i * 7 % 97);
    }
    initiator_stage = 0;
    need("N9", smp_wait(), "the target came back");
    fact("N9", "%u kicks at any phase of the exit loop: %lu lost, %lu NMIs", KICKS, lost, seen.taken);
    need("N9", lost == 0 && seen.taken == KICKS, "no phase of the exit loop loses or doubles a kick");
}

void trial_nmi(void)
{
    kick_running_guest();
    kick_before_entry();
    kick_closed_host();
    kick_halted_guest();
    kick_halted_host();
    kick_guest_in_handler("N7", EVENT_VALID | EVENT_NMI | 2, "EVENTINJ type NMI");
    kick_guest_in_handler("N10", EVENT_VALID | 2, "EVENTINJ type INTR");
    kick_often();
    kick_in_any_phase();
}
