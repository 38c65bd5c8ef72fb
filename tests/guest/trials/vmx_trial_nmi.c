/*
 * F15 under VMX: NMI exiting. There is no GIF: what reaches the host while no
 * guest runs goes through its vector 2 at once. Processor 1 is the target,
 * processor 0 the initiator.
 */
#include <lib/string.h>

#include "apic.h"
#include "bench.h"
#include "cpu.h"
#include "guest.h"
#include "smp.h"
#include "trials.h"
#include "vmx.h"

#define SETTLE_LOOPS 200000u
#define KICKS 200u
#define FREE_LOOPS 100000u

#define RIP(label) ((uint64_t)(uintptr_t)(label))

/* How the target's guest is set up; REPAIRED: blocking by NMI is taken back after each exit for an NMI. */
enum nmi_mode { PLAIN, REPAIRED, VIRTUAL };

static enum nmi_mode mode;
static volatile uint64_t target_stage;
static volatile uint64_t initiator_stage;

static struct {
    uint32_t code;
    uint64_t event;
    uint64_t tsc;
    uint64_t progress;
    uint64_t taken;
    uint64_t taken_later;
    uint64_t taken_after_iret;
    uint32_t next_code;
    uint64_t next_progress;
    uint64_t rip;
    uint64_t activity;
    uint64_t blocked;
} seen;

static uint64_t nmis(void)
{
    return host_traps[1].count[2];
}

static void target_begin(void (*code)(void), uint64_t argument)
{
    cpu_iret();
    traps_clear(&host_traps[1]);
    memset(&seen, 0, sizeof(seen));
    vmx_reset(&vmx_vtl0, code, argument, false);
    if (mode == VIRTUAL) {
        vmx_set(VMCS_PIN_CONTROLS, PIN_VIRTUAL_NMIS);
    }
    vmx_in_window = 0;
    cli();
    target_stage++;
}

/* Gives processor 1 its job and waits until target_begin has reset all counters. */
static void target_start(void (*job)(void))
{
    initiator_stage = target_stage + 1;
    smp_job(job);
    wait_for(&target_stage, initiator_stage);
}

/* The target waits, one stage on, until the initiator has followed with its NMIs. */
static void meet(void)
{
    target_stage++;
    wait_for(&initiator_stage, target_stage);
    spin(SETTLE_LOOPS);
}

static void follow(unsigned count)
{
    uint64_t stage = initiator_stage + 1;

    wait_for(&target_stage, stage);
    for (unsigned i = 0; i < count; i++) {
        apic_send(1, ICR_NMI);
        spin(1000);
    }
    initiator_stage = stage;
}

/* The guest had no NMI of its own before the exit: what the exit says of blocking is the kick's. */
static void repair(uint32_t code)
{
    if (mode == REPAIRED && code == REASON_EXCEPTION_OR_NMI) {
        vmx_clear(VMCS_INTERRUPTIBILITY, BLOCKED_BY_NMI);
    }
}

static void run_and_note(void)
{
    seen.code = vmx_run(&vmx_vtl0);
    seen.tsc = rdtsc();
    seen.event = vmx_read(VMCS_EXIT_EVENT);
    seen.rip = vmx_read(VMCS_GUEST_RIP);
    seen.activity = vmx_read(VMCS_ACTIVITY);
    seen.blocked = vmx_read(VMCS_INTERRUPTIBILITY);
    seen.progress = guest_progress;
    repair(seen.code);
}

static void run_free(void)
{
    vmx_write(VMCS_GUEST_RIP, RIP(guest_loop_times));
    vmx_vtl0.rdi = FREE_LOOPS;
    guest_progress = 0;
    seen.next_code = vmx_run(&vmx_vtl0);
    seen.next_progress = guest_progress;
}

static bool kicked(void)
{
    return seen.code == REASON_EXCEPTION_OR_NMI && seen.event == EVENT_IS_NMI;
}

static void target_kicked(void)
{
    target_begin(guest_loop, 0);
    run_and_note();
    spin(SETTLE_LOOPS);
    seen.taken = nmis();
    cpu_iret();
    seen.taken_after_iret = nmis();
    run_free();
    spin(SETTLE_LOOPS);
    seen.taken_later = nmis();
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
    fact("N1", "IF=0 guest loop: exit %x, event %lx, interruptibility %lx, %lu TSC ticks and %lu loops after the ICR "
         "write", seen.code, seen.event, seen.blocked, seen.tsc - start, seen.progress - progress);
    fact("N1", "host NMIs: %lu after the exit, %lu after an IRET, %lu later; entered again: exit %x after %lu loops",
         seen.taken, seen.taken_after_iret, seen.taken_later, seen.next_code, seen.next_progress);
    need("N1", kicked(), "an NMI through the ICR ends a guest that runs with IF=0");
    need("N1", seen.taken_later == 0, "the exit consumes it: nothing comes through the host's vector 2");
    need("N1", seen.next_code == REASON_VMCALL && seen.next_progress == FREE_LOOPS, "afterwards the guest runs free");
}

static bool end_by_iret;

/* Another NMI comes while the host handles the first one's exit. */
static void target_kicked_twice(void)
{
    target_begin(guest_loop, 0);
    run_and_note();
    meet();
    seen.taken = nmis();
    if (end_by_iret) {
        cpu_iret();
    }
    seen.taken_after_iret = nmis();
    run_free();
    seen.event = vmx_read(VMCS_EXIT_EVENT);
    spin(SETTLE_LOOPS);
    cpu_iret();
    seen.taken_later = nmis();
}

static void kick_after_exit(const char *id, enum nmi_mode with, bool by_iret)
{
    mode = with;
    end_by_iret = by_iret;
    target_start(target_kicked_twice);
    wait_for(&guest_progress, 1000);
    apic_send(1, ICR_NMI);
    follow(1);
    need(id, smp_wait(), "the target came back");
    fact(id, "second NMI after exit %x, interruptibility %lx: host took %lu before %s, %lu after; next entry: "
         "exit %x after %lu loops, host took %lu in all", seen.code, seen.blocked, seen.taken,
         by_iret ? "an IRET" : "the entry", seen.taken_after_iret, seen.next_code, seen.next_progress,
         seen.taken_later);
    need(id, seen.taken == 0, "after exit 0 the host is blocked for NMIs");
    if (by_iret) {
        need(id, seen.taken_after_iret == 1 && seen.next_code == REASON_VMCALL,
             "an IRET delivers the second one, once");
    } else {
        need(id, seen.next_code == REASON_EXCEPTION_OR_NMI && seen.next_progress == 0 && seen.taken_later == 0,
             "an entry without blocking exits for the second one at once");
    }
}

static volatile uint64_t handler_ran;

static void abort_entry(struct trap_frame *frame)
{
    if (frame->rip >= RIP(vmx_window_begin) && frame->rip < RIP(vmx_window_end)) {
        frame->rip = RIP(vmx_window_abort);
    }
    handler_ran++;
}

static void expire_timer(struct trap_frame *frame)
{
    (void)frame;
    vmx_set(VMCS_PIN_CONTROLS, PIN_PREEMPTION_TIMER);
    vmx_write(VMCS_PREEMPTION_TIMER, 0);
    handler_ran++;
}

static void only_count(struct trap_frame *frame)
{
    (void)frame;
    handler_ran++;
}

static void (*window_hook)(struct trap_frame *frame);

static void target_in_window(void)
{
    target_begin(guest_loop_times, FREE_LOOPS);
    host_traps[1].hook = window_hook;
    run_and_note();
    seen.taken = nmis();
    host_traps[1].hook = NULL;
}

static void kick_in_window(const char *id, void (*hook)(struct trap_frame *), uint32_t expected, const char *what)
{
    window_hook = hook;
    handler_ran = 0;
    vmx_hold = 1;
    target_start(target_in_window);
    need(id, wait_for(&vmx_in_window, 1), "the target stands between the look at the epoch and VMLAUNCH");
    apic_send(1, ICR_NMI);
    need(id, wait_for(&handler_ran, 1), "the host takes an NMI through vector 2 there");
    vmx_hold = 0;
    need(id, smp_wait(), "the target came back");
    fact(id, "NMI between the look at the epoch and VMLAUNCH: host took %lu, then: exit %x after %lu loops", seen.taken,
         seen.code, seen.progress);
    need(id, seen.taken == 1 && seen.code == expected && seen.progress == (expected == REASON_VMCALL ? FREE_LOOPS : 0),
         what);
}

static void target_host(void)
{
    target_begin(guest_loop_times, 1);
    meet();
    seen.taken = nmis();
}

static void kick_host(void)
{
    target_start(target_host);
    follow(1);
    need("N3", smp_wait(), "the target came back");
    fact("N3", "NMI in the host, IF=0, no guest: host took %lu", seen.taken);
    need("N3", seen.taken == 1, "an NMI in root mode comes through the host's vector 2 at once");
}

static volatile uint64_t in_handler;
static volatile uint64_t leave_handler;

static void stay(struct trap_frame *frame)
{
    (void)frame;
    in_handler++;
    wait_for(&leave_handler, 1);
}

static void target_in_handler(void)
{
    target_begin(guest_loop_times, 1);
    host_traps[1].hook = stay;
    target_stage++;
    spin(SETTLE_LOOPS);
    wait_for(&leave_handler, 1);
    spin(SETTLE_LOOPS);
    seen.taken = nmis();
    host_traps[1].hook = NULL;
}

static void kick_handler(void)
{
    in_handler = 0;
    leave_handler = 0;
    target_start(target_in_handler);
    apic_send(1, ICR_NMI);
    need("N4", wait_for(&in_handler, 1), "the host is in its handler");
    for (unsigned i = 0; i < 3; i++) {
        apic_send(1, ICR_NMI);
        spin(1000);
    }
    leave_handler = 1;
    need("N4", smp_wait(), "the target came back");
    fact("N4", "three NMIs while the host is in its handler of vector 2: %lu in all", seen.taken);
    need("N4", seen.taken == 2, "they are held and collapse to one");
}

static void target_guest_halt(void)
{
    target_begin(guest_halt, 0);
    run_and_note();
    cpu_iret();
    target_stage++;
    seen.next_code = vmx_run(&vmx_vtl0);
    spin(4 * SETTLE_LOOPS); /* the second NMI, where the guest did not wait for it, belongs to this trial */
}

static void kick_halted_guest(void)
{
    target_start(target_guest_halt);
    spin(SETTLE_LOOPS);
    apic_send(1, ICR_NMI);
    wait_for(&target_stage, initiator_stage + 1);
    spin(SETTLE_LOOPS);
    apic_send(1, ICR_NMI);
    need("N5", smp_wait(), "the target came back");
    fact("N5", "HLT (IF=0, not intercepted) in the guest: exit %x, RIP %s the HLT, activity %lu; entered again, "
         "and a second NMI: exit %x", seen.code, seen.rip == RIP(guest_halt_after) ? "after" : "not after",
         seen.activity, seen.next_code);
    need("N5", kicked(), "an NMI ends a halted guest");
    need("N5", seen.next_code == REASON_EXCEPTION_OR_NMI, "entered again it goes on halting: no spurious wake");
}

static void target_host_halt(void)
{
    target_begin(guest_loop_times, 1);
    __asm__ volatile("hlt" : : : "memory");
    seen.taken = nmis();
}

static void kick_halted_host(void)
{
    target_start(target_host_halt);
    spin(SETTLE_LOOPS);
    apic_send(1, ICR_NMI);
    need("N6", smp_wait(), "an NMI wakes a host that halts with IF=0");
    fact("N6", "HLT in the host, IF=0: %lu NMIs taken", seen.taken);
    need("N6", seen.taken == 1, "and comes once");
}

/* The guest's handler of vector 2 stays there, so that no IRET of the guest completes its NMI. */
static void stay_in_nmi_handler(struct trap_frame *frame)
{
    if (frame->vector == 2) {
        guest_loop();
    }
}

static void target_in_guest_nmi(void)
{
    target_begin(guest_loop_times, 1);
    vtl0_traps.hook = stay_in_nmi_handler;
    vmx_write(VMCS_ENTRY_EVENT, EVENT_IS_NMI);
    run_and_note();
    spin(SETTLE_LOOPS);
    seen.taken = nmis();
    cpu_iret();
    spin(SETTLE_LOOPS);
    seen.taken_after_iret = nmis();
}

/* A guest that is not kicked out is stopped by guest_stop, so that the run goes on. */
static void kick_guest_in_handler(const char *id, enum nmi_mode with)
{
    bool came_back;

    mode = with;
    target_start(target_in_guest_nmi);
    need(id, wait_for(&guest_progress, 1000), "the guest is in its handler of vector 2");
    apic_send(1, ICR_NMI);
    came_back = smp_wait();
    guest_stop = 1;
    need(id, smp_wait(), "the target came back");
    fact(id, "guest inside its handler of an injected NMI, no IRET, virtual NMIs %u: exit %x, event %lx, "
         "interruptibility %lx; host took %lu, %lu after an IRET", mode == VIRTUAL, seen.code, seen.event,
         seen.blocked, seen.taken, seen.taken_after_iret);
    need(id, seen.taken_after_iret + kicked() == 1, "the kick is not lost");
    need(id, came_back && kicked(), "a guest cannot hold off the kick by staying in that handler");
}

static volatile uint64_t acknowledged;
static volatile uint64_t finished;
static uint64_t exits_for_nmi;

/* Enter, exit, look at the epoch; over and over. The guest ends by itself after a few loops, or never. */
static void target_many(uint64_t loops)
{
    uint32_t code;

    exits_for_nmi = 0;
    while (finished == 0) {
        vmx_vtl0.epoch = vmx_epoch;
        acknowledged = vmx_vtl0.epoch;
        if (loops != 0) {
            vmx_write(VMCS_GUEST_RIP, RIP(guest_loop_times));
            vmx_vtl0.rdi = loops;
        }
        code = vmx_run(&vmx_vtl0);
        exits_for_nmi += code == REASON_EXCEPTION_OR_NMI;
        repair(code);
        cpu_iret();
    }
    spin(SETTLE_LOOPS);
    seen.taken = nmis();
    host_traps[1].hook = NULL;
}

static void target_running(void)
{
    target_begin(guest_loop, 0);
    host_traps[1].hook = abort_entry;
    target_many(0);
}

static void target_phases(void)
{
    target_begin(guest_loop_times, 1);
    host_traps[1].hook = abort_entry;
    target_many(50);
}

/* One shoot-down after another by F15's protocol: bump the epoch, kick, wait until the target has seen it. */
static void kick_often(const char *id, enum nmi_mode with, void (*job)(void), bool while_running, const char *what)
{
    uint64_t lost = 0;
    uint64_t most = 0;

    mode = with;
    finished = 0;
    handler_ran = 0;
    target_start(job);
    wait_for(&guest_progress, 1000);
    for (uint64_t i = 0; i < KICKS && lost < 2; i++) {
        uint64_t start = rdtsc();

        if (while_running) {
            wait_for(&guest_progress, guest_progress + 10);
        }
        vmx_epoch++;
        apic_send(1, ICR_NMI);
        lost += !wait_for(&acknowledged, vmx_epoch);
        most = rdtsc() - start > most ? rdtsc() - start : most;
        spin(i * 7 % 97);
    }
    finished = 1;
    vmx_epoch++;
    apic_send(1, ICR_NMI);
    need(id, smp_wait(), "the target came back");
    fact(id, "%u kicks %s, and one to end: %lu lost; %lu exits for NMI, %lu NMIs in the host; most ticks %lu", KICKS,
         what, lost, exits_for_nmi, seen.taken, most);
    need(id, lost == 0, "every kick is seen");
    need(id, exits_for_nmi + seen.taken == KICKS + 1, "each is one exit or one NMI of the host");
}

void vmx_trial_nmi(void)
{
    kick_running_guest();
    kick_after_exit("N11", PLAIN, true);
    kick_after_exit("N12", PLAIN, false);
    kick_after_exit("N16", REPAIRED, false);
    kick_after_exit("N17", VIRTUAL, false);
    mode = PLAIN;
    kick_in_window("N2", only_count, REASON_VMCALL, "such an NMI does not end the guest: the window is there");
    kick_in_window("N13", abort_entry, RUN_ABORTED, "a handler that moves RIP out of the window closes it");
    kick_in_window("N14", expire_timer, REASON_PREEMPTION_TIMER, "a handler that lets the preemption timer expire too");
    kick_host();
    kick_handler();
    mode = REPAIRED;
    kick_halted_guest();
    kick_halted_host();
    kick_guest_in_handler("N7", PLAIN);
    kick_guest_in_handler("N15", VIRTUAL);
    kick_often("N8", REPAIRED, target_running, true, "of a running guest");
    kick_often("N9", REPAIRED, target_phases, false, "at any phase");
    kick_often("N18", VIRTUAL, target_running, true, "of a running guest, virtual NMIs");
    kick_often("N19", VIRTUAL, target_phases, false, "at any phase, virtual NMIs");
}
