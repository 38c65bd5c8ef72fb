/*
 * F14: what physical interrupts do while a guest runs with virtual interrupt
 * masking (VTL1's stand-in), and after it, in the guest without (VTL0's).
 */
#include <stddef.h>

#include "apic.h"
#include "bench.h"
#include "cpu.h"
#include "guest.h"
#include "legacy.h"
#include "trials.h"

#define RIP(label) ((uint64_t)(uintptr_t)(label))
#define MANY 2000000u
#define VIRTUAL_VECTOR 0x50
#define PERIOD 20000u

void guest_sti_after_loop(void);
void guest_undefined(void);
void guest_set_cr8(void);
extern char guest_sti_opened[];
extern char guest_undefined_after[];

/* VTL1's settings of F14: virtual masking, INTR intercepted. */
static void reset_vtl1(void (*code)(void), uint64_t argument, bool interrupts)
{
    guest_reset(&vtl1, code, argument, interrupts);
    vtl1.vmcb->vintr = V_INTR_MASKING;
    vtl1.vmcb->intercept1 |= INTERCEPT1_INTR;
}

/* One entry with the host's IF as given; afterwards GIF=0 and IF=0. */
static uint32_t enter(struct guest *guest, bool host_interrupts)
{
    uint32_t code;

    clgi();
    if (host_interrupts) {
        __asm__ volatile("sti" : : : "memory");
    }
    code = guest_run(guest);
    cli();
    return code;
}

/* Opens GIF, stops the timer, and lets the host take what is still pending. */
static void settle(void)
{
    cli();
    stgi();
    apic_timer_stop();
    sti();
    cli();
}

static bool pending(void)
{
    return apic_vector_bit(APIC_IRR, TIMER_VECTOR) != 0;
}

static void host_open(bool guest_interrupts)
{
    const char *id = guest_interrupts ? "M1" : "M2";
    uint32_t code;

    traps_clear(&host_traps[0]);
    reset_vtl1(guest_loop_times, MANY, guest_interrupts);
    cli();
    apic_timer_once(20000);
    code = enter(&vtl1, true);
    fact(id, "host IF=1, guest IF=%u: exit %x after %lu loops; still in IRR %u, ISR %u; guest took %lu, host %lu",
         guest_interrupts, code, guest_progress, pending(), apic_vector_bit(APIC_ISR, TIMER_VECTOR),
         vtl1_traps.count[TIMER_VECTOR], host_traps[0].count[TIMER_VECTOR]);
    need(id, code == EXIT_INTR && vtl1_traps.count[TIMER_VECTOR] == 0,
         "host IF=1 at VMRUN: a physical interrupt exits, whatever the guest's IF");
    need(id, pending() && apic_vector_bit(APIC_ISR, TIMER_VECTOR) == 0, "the exit does not acknowledge it");
}

/* Continues from host_open's state: the interrupt is still pending. */
static void livelock(void)
{
    uint64_t before = guest_progress;
    unsigned exits = 0;

    for (unsigned i = 0; i < 5; i++) {
        exits += enter(&vtl1, true) == EXIT_INTR;
    }
    fact("M3", "5 further entries with host IF=1: %u exits for INTR, %lu loops of progress", exits,
         guest_progress - before);
    need("M3", exits == 5 && guest_progress == before,
         "an unacknowledged interrupt exits again at each entry (livelock)");
}

static void masked_until_return(bool guest_interrupts)
{
    const char *id = guest_interrupts ? "M4" : "M5";
    uint32_t code;
    bool held;

    reset_vtl1(guest_loop_times, MANY, guest_interrupts);
    traps_clear(&host_traps[0]);
    apic_timer_once(1000);
    code = enter(&vtl1, false);
    held = pending();
    fact(id, "host IF=0, guest IF=%u: exit %x after %lu loops; in IRR %u; VTL1's guest took %lu", guest_interrupts,
         code, guest_progress, held, vtl1_traps.count[TIMER_VECTOR]);
    need(id, code == EXIT_VMMCALL && guest_progress == MANY && held && vtl1_traps.count[TIMER_VECTOR] == 0,
         "host IF=0 at VMRUN: a physical interrupt neither exits nor is delivered in VTL1");
    guest_reset(&vtl0, guest_loop_times, MANY, true);
    code = enter(&vtl0, false);
    fact(id, "then VTL0 with IF=1, no masking: exit %x; it took %lu; host took %lu, VTL1 %lu", code,
         vtl0_traps.count[TIMER_VECTOR], host_traps[0].count[TIMER_VECTOR], vtl1_traps.count[TIMER_VECTOR]);
    need(id,
         code == EXIT_VMMCALL && vtl0_traps.count[TIMER_VECTOR] == 1 && host_traps[0].count[TIMER_VECTOR] == 0
             && vtl1_traps.count[TIMER_VECTOR] == 0 && !pending(),
         "after the return VTL0 takes it through its own table, once");
    settle();
}

/* A periodic timer through many switches: VTL1 is never interrupted, VTL0 makes progress and takes what came. */
static void switches_under_load(void)
{
    uint64_t vtl0_took = 0;
    uint64_t vtl1_took = 0;
    uint64_t host_took;
    unsigned wrong = 0;

    traps_clear(&host_traps[0]);
    apic_timer_periodic(PERIOD);
    for (unsigned i = 0; i < 200; i++) {
        reset_vtl1(guest_loop_times, 20000, true);
        wrong += enter(&vtl1, false) != EXIT_VMMCALL;
        vtl1_took += vtl1_traps.count[TIMER_VECTOR];
        guest_reset(&vtl0, guest_loop_times, 5000, true);
        wrong += enter(&vtl0, false) != EXIT_VMMCALL;
        vtl0_took += vtl0_traps.count[TIMER_VECTOR];
    }
    host_took = host_traps[0].count[TIMER_VECTOR];
    settle();
    fact("M6", "200 switches under a periodic timer: VTL0 took %lu, VTL1 %lu, host %lu, other exits %u", vtl0_took,
         vtl1_took, host_took, wrong);
    need("M6", vtl0_took > 0 && vtl1_took == 0 && wrong == 0 && host_took == 0,
         "under load nothing physical reaches VTL1 or the host, VTL0 takes them");
}

/* V_IRQ into VTL1 while a physical interrupt is held back. */
static void virtual_interrupt(bool with_physical)
{
    const char *id = with_physical ? "M8" : "M7";
    struct vmcb *v;
    uint32_t code;

    reset_vtl1(guest_sti_after_loop, 1000, false);
    vtl1_traps.no_eoi = true;
    v = vtl1.vmcb;
    v->vintr |= V_IRQ | V_IGN_TPR | V_INTR_VECTOR(VIRTUAL_VECTOR);
    if (with_physical) {
        apic_timer_once(1000);
        apic_timer_wait_pending();
    }
    code = enter(&vtl1, false);
    fact(id, "V_IRQ with V_IGN_TPR%s: exit %x; VTL1 took %lu of it at RIP sti+%ld, %lu physical; V_IRQ after %u",
         with_physical ? " and a physical interrupt pending" : "", code, vtl1_traps.count[VIRTUAL_VECTOR],
         (long)(vtl1_traps.last_rip[VIRTUAL_VECTOR] - RIP(guest_sti_opened)), vtl1_traps.count[TIMER_VECTOR],
         (v->vintr & V_IRQ) != 0);
    need(id, code == EXIT_VMMCALL && vtl1_traps.count[VIRTUAL_VECTOR] == 1 && vtl1_traps.count[TIMER_VECTOR] == 0
         && (v->vintr & V_IRQ) == 0, "V_IRQ is taken once when VTL1 opens IF, and is clear afterwards");
    need(id, vtl1_traps.last_rip[VIRTUAL_VECTOR] >= RIP(guest_sti_opened), "not before it opens IF");
    settle();
}

static void virtual_interrupt_not_taken(void)
{
    uint32_t code;

    reset_vtl1(guest_loop_times, 1000, false);
    vtl1.vmcb->vintr |= V_IRQ | V_IGN_TPR | V_INTR_VECTOR(VIRTUAL_VECTOR);
    code = enter(&vtl1, false);
    settle();
    fact("M9", "V_IRQ, VTL1 keeps IF=0: exit %x, took %lu, V_IRQ after %u", code, vtl1_traps.count[VIRTUAL_VECTOR],
         (vtl1.vmcb->vintr & V_IRQ) != 0);
    need("M9", vtl1_traps.count[VIRTUAL_VECTOR] == 0 && (vtl1.vmcb->vintr & V_IRQ) != 0,
         "an untaken V_IRQ reads back set");
}

/* What VINA needs: V_IRQ set in the host, VTL1 entered with IF=1. */
static void virtual_interrupt_at_entry(void)
{
    uint32_t code;

    reset_vtl1(guest_loop_times, 1000, true);
    vtl1_traps.no_eoi = true;
    vtl1.vmcb->vintr |= V_IRQ | V_IGN_TPR | V_INTR_VECTOR(VIRTUAL_VECTOR);
    code = enter(&vtl1, false);
    settle();
    fact("M17", "V_IRQ, VTL1 entered with IF=1: exit %x, took %lu at start+%ld, V_IRQ after %u", code,
         vtl1_traps.count[VIRTUAL_VECTOR], (long)(vtl1_traps.last_rip[VIRTUAL_VECTOR] - RIP(guest_loop_times)),
         (vtl1.vmcb->vintr & V_IRQ) != 0);
    need("M17", vtl1_traps.count[VIRTUAL_VECTOR] == 1 && vtl1_traps.last_rip[VIRTUAL_VECTOR] == RIP(guest_loop_times),
         "V_IRQ is taken before the first instruction when VTL1 is entered with IF=1");
}

static void inject_gp(void)
{
    uint32_t code;

    reset_vtl1(guest_undefined, 0, true);
    vtl1_traps.resume_rip = RIP(guest_undefined_after);
    vtl1.vmcb->event_inj = EVENT_VALID | EVENT_EXCEPTION | EVENT_ERROR_VALID | 13;
    code = enter(&vtl1, false);
    settle();
    fact("M10",
         "EVENTINJ #GP(0) at an instruction: exit %x; #GP %lu with error %lx at RIP+%ld; #UD %lu; EVENTINJ after %lx",
         code, vtl1_traps.count[13], vtl1_traps.last_error[13], (long)(vtl1_traps.last_rip[13] - RIP(guest_undefined)),
         vtl1_traps.count[6], vtl1.vmcb->event_inj);
    need("M10", code == EXIT_VMMCALL && vtl1_traps.count[13] == 1 && vtl1_traps.last_error[13] == 0
         && vtl1_traps.last_rip[13] == RIP(guest_undefined) && vtl1_traps.count[6] == 0,
         "an injected #GP(0) comes once, with RIP at the instruction, which does not run");
    need("M10", (vtl1.vmcb->event_inj & EVENT_VALID) == 0, "EVENTINJ.V reads clear after the exit");
}

static void inject_nmi(void)
{
    uint32_t code;

    guest_reset(&vtl0, guest_loop_times, 1000, false);
    vtl0.vmcb->event_inj = EVENT_VALID | EVENT_NMI | 2;
    code = enter(&vtl0, false);
    settle();
    fact("M11", "EVENTINJ NMI, guest IF=0: exit %x; guest took %lu, host %lu; EVENTINJ after %lx", code,
         vtl0_traps.count[2], host_traps[0].count[2], vtl0.vmcb->event_inj);
    need("M11", code == EXIT_VMMCALL && vtl0_traps.count[2] == 1 && host_traps[0].count[2] == 0,
         "an injected NMI goes through VTL0's table once, NMI intercept or not");
}

static void task_priority(void)
{
    uint32_t code;

    reset_vtl1(guest_set_cr8, 5, false);
    code = enter(&vtl1, false);
    settle();
    fact("M12", "CR8 := 5 under masking: exit %x, V_TPR %lx, physical TPR %x", code, vtl1.vmcb->vintr & 0xFF,
         apic_read(APIC_TPR));
    need("M12", (vtl1.vmcb->vintr & 0xFF) == 5 && apic_read(APIC_TPR) == 0,
         "VTL1's CR8 is V_TPR, the physical TPR stays");
    apic_write(APIC_TPR, 0);
}

/* The other way to keep interrupts off VTL1: the physical task priority, independent of anybody's IF. */
static void raised_priority(bool guest_interrupts)
{
    const char *id = guest_interrupts ? "M13" : "M14";
    uint32_t code;
    bool held;

    reset_vtl1(guest_loop_times, MANY, guest_interrupts);
    traps_clear(&host_traps[0]);
    apic_write(APIC_TPR, 0xF0);
    apic_timer_once(1000);
    code = enter(&vtl1, false);
    held = pending();
    fact(id, "physical TPR F0, guest IF=%u: exit %x after %lu loops; in IRR %u; VTL1 took %lu; V_TPR %lx",
         guest_interrupts, code, guest_progress, held, vtl1_traps.count[TIMER_VECTOR], vtl1.vmcb->vintr & 0xFF);
    need(id, code == EXIT_VMMCALL && guest_progress == MANY && held && vtl1_traps.count[TIMER_VECTOR] == 0,
         "a raised physical TPR holds back fixed interrupts: no exit, no delivery in VTL1");
    apic_write(APIC_TPR, 0);
    guest_reset(&vtl0, guest_loop_times, MANY, true);
    code = enter(&vtl0, false);
    fact(id, "TPR restored, then VTL0 with IF=1: exit %x; it took %lu; host took %lu", code,
         vtl0_traps.count[TIMER_VECTOR], host_traps[0].count[TIMER_VECTOR]);
    need(id, code == EXIT_VMMCALL && vtl0_traps.count[TIMER_VECTOR] == 1 && host_traps[0].count[TIMER_VECTOR] == 0
         && !pending(), "after the return VTL0 takes it once");
    settle();
}

static void legacy_interrupt(const char *id, uint32_t priority, void (*mask)(void), const char *what)
{
    uint32_t code;
    bool held;

    reset_vtl1(guest_loop_times, MANY, true);
    traps_clear(&host_traps[0]);
    apic_write(APIC_TPR, priority);
    legacy_timer_once();
    mask();
    code = enter(&vtl1, false);
    held = legacy_pending();
    fact(id, "8259 interrupt, %s, guest IF=1: exit %x after %lu loops; pending %u; VTL1 took %lu", what, code,
         guest_progress, held, vtl1_traps.count[LEGACY_VECTOR]);
    need(id, code == EXIT_VMMCALL && held && vtl1_traps.count[LEGACY_VECTOR] == 0, what);
    apic_write(APIC_TPR, 0);
    legacy_unmask();
    guest_reset(&vtl0, guest_loop_times, MANY, true);
    vtl0_traps.no_eoi = true;
    code = enter(&vtl0, false);
    fact(id, "then VTL0 with IF=1: exit %x; it took %lu; host took %lu", code, vtl0_traps.count[LEGACY_VECTOR],
         host_traps[0].count[LEGACY_VECTOR]);
    need(id, vtl0_traps.count[LEGACY_VECTOR] == 1, "after the return VTL0 takes it once");
    legacy_mask();
    settle();
}

void trial_mask(void)
{
    host_open(true);
    livelock();
    settle();
    host_open(false);
    settle();
    masked_until_return(true);
    masked_until_return(false);
    switches_under_load();
    virtual_interrupt(false);
    virtual_interrupt(true);
    virtual_interrupt_not_taken();
    virtual_interrupt_at_entry();
    inject_gp();
    inject_nmi();
    task_priority();
    raised_priority(true);
    raised_priority(false);
    legacy_interrupt("M15", 0, legacy_unmask, "an 8259 interrupt is held by the host's IF=0");
    legacy_interrupt("M16", 0xF0, legacy_unmask, "an 8259 interrupt is held by the host's IF=0 and TPR F0");
    legacy_interrupt("M18", 0xF0, legacy_mask_local, "an 8259 interrupt is held by TPR F0 and a masked LINT0");
    legacy_interrupt("M26", 0xF0, legacy_mask, "an 8259 interrupt is held by TPR F0 and its mask in the 8259");
}
