/*
 * F14 under VMX: what physical interrupts do while a guest runs with
 * external-interrupt exiting and without acknowledge-on-exit (VTL1's stand-in),
 * and after it, in the guest without that exit (VTL0's).
 */
#include <stddef.h>

#include "apic.h"
#include "bench.h"
#include "cpu.h"
#include "guest.h"
#include "legacy.h"
#include "trials.h"
#include "vmx.h"

#define RIP(label) ((uint64_t)(uintptr_t)(label))
#define MANY 2000000u
#define VIRTUAL_VECTOR 0x50
#define INJECTED_INTERRUPT (EVENT_TYPE_VALID | VIRTUAL_VECTOR)
#define PERIOD 20000u

void guest_sti_after_loop(void);
void guest_undefined(void);
void guest_set_cr8(void);
extern char guest_sti_opened[];
extern char guest_undefined_after[];

static uint32_t virtual_apic_page[1024] __attribute__((aligned(4096)));

static void reset_vtl1(void (*code)(void), uint64_t argument, bool interrupts)
{
    vmx_reset(&vmx_vtl1, code, argument, interrupts);
    vmx_set(VMCS_PIN_CONTROLS, PIN_INTERRUPT);
}

/* Stops the timer, and lets the host take what is still pending. */
static void settle(void)
{
    apic_write(APIC_TPR, 0);
    apic_timer_stop();
    sti();
    cli();
}

static bool pending(void)
{
    return apic_vector_bit(APIC_IRR, TIMER_VECTOR) != 0;
}

/* VTL0 with IF=1 and without external-interrupt exiting; how often it takes the vector. */
static void return_to_vtl0(const char *id, uint8_t vector, bool no_eoi)
{
    uint32_t code;

    vmx_reset(&vmx_vtl0, guest_loop_times, MANY, true);
    vtl0_traps.no_eoi = no_eoi;
    code = vmx_run(&vmx_vtl0);
    fact(id, "then VTL0 with IF=1: exit %x; it took %lu; host took %lu, VTL1 %lu", code, vtl0_traps.count[vector],
         host_traps[0].count[vector], vtl1_traps.count[vector]);
    need(id, code == REASON_VMCALL && vtl0_traps.count[vector] == 1 && host_traps[0].count[vector] == 0
         && vtl1_traps.count[vector] == 0 && !pending(), "after the return VTL0 takes it through its own table, once");
}

static void not_masked(bool guest_interrupts)
{
    const char *id = guest_interrupts ? "M1" : "M2";
    uint32_t code;

    traps_clear(&host_traps[0]);
    reset_vtl1(guest_loop_times, MANY, guest_interrupts);
    apic_timer_once(20000);
    code = vmx_run(&vmx_vtl1);
    fact(id, "guest IF=%u: exit %x after %lu loops; event %lx; still in IRR %u, ISR %u; guest took %lu, host %lu",
         guest_interrupts, code, guest_progress, vmx_read(VMCS_EXIT_EVENT), pending(),
         apic_vector_bit(APIC_ISR, TIMER_VECTOR), vtl1_traps.count[TIMER_VECTOR], host_traps[0].count[TIMER_VECTOR]);
    need(id, code == REASON_INTERRUPT && vtl1_traps.count[TIMER_VECTOR] == 0,
         "a physical interrupt exits, whatever the guest's IF");
    need(id, pending() && apic_vector_bit(APIC_ISR, TIMER_VECTOR) == 0, "the exit does not acknowledge it");
}

static void guest_closes(void)
{
    cli();
    for (guest_progress = 0; guest_progress < MANY; guest_progress++) {
    }
}

/* M2 by two more ways into the guest's IF=0: from a host with IF=1, and by the guest's own CLI. */
static void not_masked_otherwise(const char *id, bool by_guest)
{
    uint32_t code;

    traps_clear(&host_traps[0]);
    if (by_guest) {
        reset_vtl1(guest_call, RIP(guest_closes), true);
    } else {
        reset_vtl1(guest_loop_times, MANY, false);
        sti();
    }
    apic_timer_once(20000);
    code = vmx_run(&vmx_vtl1);
    cli();
    fact(id, "guest IF=0 %s: exit %x after %lu loops; in IRR %u; VTL1 took %lu, host %lu",
         by_guest ? "by its own CLI" : "entered from a host with IF=1", code, guest_progress, pending(),
         vtl1_traps.count[TIMER_VECTOR], host_traps[0].count[TIMER_VECTOR]);
    need(id, code == REASON_INTERRUPT && pending(), "a physical interrupt exits, whatever the guest's IF");
    settle();
}

/* Continues from not_masked's state: the interrupt is still pending. */
static void livelock(void)
{
    uint64_t before = guest_progress;
    unsigned exits = 0;

    for (unsigned i = 0; i < 5; i++) {
        exits += vmx_run(&vmx_vtl1) == REASON_INTERRUPT;
    }
    fact("M3", "5 further entries: %u exits for interrupts, %lu loops of progress", exits, guest_progress - before);
    need("M3", exits == 5 && guest_progress == before,
         "an unacknowledged interrupt exits again at each entry (livelock)");
}

static void raised_priority(bool guest_interrupts)
{
    const char *id = guest_interrupts ? "M13" : "M14";
    uint32_t code;
    bool held;

    reset_vtl1(guest_loop_times, MANY, guest_interrupts);
    traps_clear(&host_traps[0]);
    apic_write(APIC_TPR, 0xF0);
    apic_timer_once(1000);
    code = vmx_run(&vmx_vtl1);
    held = pending();
    fact(id, "physical TPR F0, guest IF=%u: exit %x after %lu loops; in IRR %u; VTL1 took %lu", guest_interrupts,
         code, guest_progress, held, vtl1_traps.count[TIMER_VECTOR]);
    need(id, code == REASON_VMCALL && guest_progress == MANY && held && vtl1_traps.count[TIMER_VECTOR] == 0,
         "a raised physical TPR holds back fixed interrupts: no exit, no delivery in VTL1");
    apic_write(APIC_TPR, 0);
    return_to_vtl0(id, TIMER_VECTOR, false);
    settle();
}

static uint64_t host_interrupts(void)
{
    uint64_t sum = 0;

    for (unsigned vector = 32; vector < 256; vector++) {
        sum += host_traps[0].count[vector];
    }
    return sum;
}

/* The host opens IF for a moment: with the TPR raised nothing may come but a spurious interrupt. */
static void open_host(void)
{
    sti();
    cli();
}

/* F14's whole way: the first exit, then the TPR, then VTL1 goes on to its end, then VTL0. */
static void exit_then_raise(const char *id, bool open)
{
    uint32_t first;
    uint32_t code = 0;
    unsigned exits = 0;

    reset_vtl1(guest_loop_times, MANY, true);
    traps_clear(&host_traps[0]);
    apic_timer_once(20000);
    first = vmx_run(&vmx_vtl1);
    apic_write(APIC_TPR, 0xF0);
    if (open) {
        open_host();
    }
    for (unsigned i = 0; i < 5 && code != REASON_VMCALL; i++) {
        code = vmx_run(&vmx_vtl1);
        exits += code == REASON_INTERRUPT;
    }
    fact(id, "exit %x, TPR F0%s: then %u exits for interrupts, last exit %x after %lu loops in all; in IRR %u; "
         "VTL1 took %lu, host %lu spurious, %lu in all", first, open ? ", host opens IF" : "", exits, code,
         guest_progress, pending(), vtl1_traps.count[TIMER_VECTOR], host_traps[0].count[0xFF], host_interrupts());
    need(id, first == REASON_INTERRUPT && exits == 0 && code == REASON_VMCALL && pending()
         && host_interrupts() == host_traps[0].count[0xFF], "raising the TPR after the first exit ends the livelock");
    apic_write(APIC_TPR, 0);
    return_to_vtl0(id, TIMER_VECTOR, false);
    settle();
}

/* The other way: the exit acknowledges, the host keeps the vector and injects it into VTL0 after the return. */
static void acknowledged(const char *id, uint8_t vector)
{
    uint32_t first;
    uint32_t second;
    uint32_t last;
    uint64_t event;
    unsigned in_service;

    reset_vtl1(guest_loop_times, MANY, true);
    vmx_set(VMCS_EXIT_CONTROLS, EXIT_CONTROL_ACKNOWLEDGE);
    traps_clear(&host_traps[0]);
    if (vector == LEGACY_VECTOR) {
        legacy_timer_once();
    } else {
        apic_timer_once(1000);
    }
    first = vmx_run(&vmx_vtl1);
    event = vmx_read(VMCS_EXIT_EVENT);
    in_service = apic_vector_bit(APIC_ISR, vector);
    apic_write(APIC_TPR, 0xF0);
    second = vmx_run(&vmx_vtl1);
    apic_write(APIC_TPR, 0);
    vmx_reset(&vmx_vtl0, guest_loop_times, 1000, true);
    vtl0_traps.no_eoi = vector == LEGACY_VECTOR;
    vmx_write(VMCS_ENTRY_EVENT, EVENT_TYPE_VALID | vector);
    last = vmx_run(&vmx_vtl0);
    fact(id, "vector %x, acknowledge on exit: exit %x, event %lx, ISR %u; TPR F0, entered again: exit %x; injected "
         "into VTL0: exit %x, it took %lu, host %lu, VTL1 %lu, ISR %u", vector, first, event, in_service, second, last,
         vtl0_traps.count[vector], host_interrupts(), vtl1_traps.count[vector], apic_vector_bit(APIC_ISR, vector));
    need(id, first == REASON_INTERRUPT && event == (EVENT_TYPE_VALID | vector) && second == REASON_VMCALL,
         "an acknowledging exit tells the vector and comes once");
    need(id, last == REASON_VMCALL && vtl0_traps.count[vector] == 1 && host_interrupts() == 0
         && vtl1_traps.count[vector] == 0 && apic_vector_bit(APIC_ISR, vector) == 0,
         "injected into VTL0 it is taken once, and VTL0's EOI ends it");
    legacy_mask();
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
        apic_write(APIC_TPR, 0xF0);
        open_host();
        reset_vtl1(guest_loop_times, 20000, true);
        wrong += vmx_run(&vmx_vtl1) != REASON_VMCALL;
        vtl1_took += vtl1_traps.count[TIMER_VECTOR];
        apic_write(APIC_TPR, 0);
        vmx_reset(&vmx_vtl0, guest_loop_times, 5000, true);
        wrong += vmx_run(&vmx_vtl0) != REASON_VMCALL;
        vtl0_took += vtl0_traps.count[TIMER_VECTOR];
    }
    host_took = host_traps[0].count[TIMER_VECTOR];
    settle();
    fact("M6", "200 switches under a periodic timer, TPR F0 (and host opens IF) for VTL1: VTL0 took %lu, VTL1 %lu, "
         "host %lu, other exits %u", vtl0_took, vtl1_took, host_took, wrong);
    need("M6", vtl0_took > 0 && vtl1_took == 0 && wrong == 0 && host_took == 0,
         "under load nothing physical reaches VTL1 or the host, VTL0 takes them");
}

/* VTL1 opens IF; the exit for the open window is where VINA is injected. */
static void window(bool with_physical)
{
    const char *id = with_physical ? "M8" : "M7";
    uint32_t first;
    uint32_t second;
    uint64_t rip;

    reset_vtl1(guest_sti_after_loop, 1000, false);
    vtl1_traps.no_eoi = true;
    vmx_set(VMCS_PROCESSOR_CONTROLS, PROCESSOR_INTERRUPT_WINDOW);
    if (with_physical) {
        apic_write(APIC_TPR, 0xF0);
        apic_timer_once(1000);
        apic_timer_wait_pending();
    }
    first = vmx_run(&vmx_vtl1);
    rip = vmx_read(VMCS_GUEST_RIP);
    vmx_clear(VMCS_PROCESSOR_CONTROLS, PROCESSOR_INTERRUPT_WINDOW);
    vmx_write(VMCS_ENTRY_EVENT, INJECTED_INTERRUPT);
    second = vmx_run(&vmx_vtl1);
    fact(id, "interrupt window%s: exit %x at sti+%ld; injected: exit %x, VTL1 took %lu at sti+%ld, %lu physical",
         with_physical ? ", TPR F0, a physical interrupt pending" : "", first, (long)(rip - RIP(guest_sti_opened) + 1),
         second, vtl1_traps.count[VIRTUAL_VECTOR],
         (long)(vtl1_traps.last_rip[VIRTUAL_VECTOR] - RIP(guest_sti_opened) + 1), vtl1_traps.count[TIMER_VECTOR]);
    need(id, first == REASON_INTERRUPT_WINDOW && rip == RIP(guest_sti_opened) + 1,
         "the exit comes when VTL1 opens IF, after the shadow of STI");
    need(id, second == REASON_VMCALL && vtl1_traps.count[VIRTUAL_VECTOR] == 1
         && vtl1_traps.last_rip[VIRTUAL_VECTOR] == rip && vtl1_traps.count[TIMER_VECTOR] == 0,
         "what is injected then is taken once, there");
    settle();
}

static void window_never_opens(void)
{
    uint32_t code;

    reset_vtl1(guest_loop_times, 1000, false);
    vmx_set(VMCS_PROCESSOR_CONTROLS, PROCESSOR_INTERRUPT_WINDOW);
    code = vmx_run(&vmx_vtl1);
    fact("M9", "interrupt window, VTL1 keeps IF=0: exit %x after %lu loops", code, guest_progress);
    need("M9", code == REASON_VMCALL && guest_progress == 1000, "no exit while VTL1 keeps IF=0");
}

static void at_entry(void)
{
    uint32_t code;

    reset_vtl1(guest_loop_times, 1000, true);
    vmx_set(VMCS_PROCESSOR_CONTROLS, PROCESSOR_INTERRUPT_WINDOW);
    code = vmx_run(&vmx_vtl1);
    fact("M20", "interrupt window, VTL1 entered with IF=1: exit %x after %lu loops", code, guest_progress);
    need("M20", code == REASON_INTERRUPT_WINDOW && guest_progress == 0, "the exit comes before the first instruction");
    reset_vtl1(guest_loop_times, 1000, true);
    vtl1_traps.no_eoi = true;
    vmx_write(VMCS_ENTRY_EVENT, INJECTED_INTERRUPT);
    code = vmx_run(&vmx_vtl1);
    fact("M17", "type 0 injected, VTL1 entered with IF=1: exit %x, took %lu at start+%ld, entry field after %lx", code,
         vtl1_traps.count[VIRTUAL_VECTOR], (long)(vtl1_traps.last_rip[VIRTUAL_VECTOR] - RIP(guest_loop_times)),
         vmx_read(VMCS_ENTRY_EVENT));
    need("M17", vtl1_traps.count[VIRTUAL_VECTOR] == 1 && vtl1_traps.last_rip[VIRTUAL_VECTOR] == RIP(guest_loop_times),
         "an interrupt injected into VTL1 with IF=1 is taken before the first instruction");
    reset_vtl1(guest_loop_times, 1000, false);
    vmx_write(VMCS_ENTRY_EVENT, INJECTED_INTERRUPT);
    code = vmx_run(&vmx_vtl1);
    fact("M21", "type 0 injected with IF=0: exit %x, took %lu, entry field after %lx", code,
         vtl1_traps.count[VIRTUAL_VECTOR], vmx_read(VMCS_ENTRY_EVENT));
    need("M21", code == REASON_INVALID_STATE && vtl1_traps.count[VIRTUAL_VECTOR] == 0,
         "an interrupt injected with IF=0 fails the entry");
}

static void inject_gp(void)
{
    uint32_t code;
    uint64_t after;

    reset_vtl1(guest_undefined, 0, true);
    vtl1_traps.resume_rip = RIP(guest_undefined_after);
    vmx_write(VMCS_ENTRY_EVENT, EVENT_TYPE_VALID | EVENT_TYPE_EXCEPTION | EVENT_TYPE_ERROR_CODE | 13);
    vmx_write(VMCS_ENTRY_ERROR_CODE, 0);
    code = vmx_run(&vmx_vtl1);
    after = vmx_read(VMCS_ENTRY_EVENT);
    fact("M10",
         "#GP(0) injected at an instruction: exit %x; #GP %lu with error %lx at RIP+%ld; #UD %lu; entry field "
         "after %lx", code, vtl1_traps.count[13], vtl1_traps.last_error[13],
         (long)(vtl1_traps.last_rip[13] - RIP(guest_undefined)), vtl1_traps.count[6], after);
    need("M10", code == REASON_VMCALL && vtl1_traps.count[13] == 1 && vtl1_traps.last_error[13] == 0
         && vtl1_traps.last_rip[13] == RIP(guest_undefined) && vtl1_traps.count[6] == 0,
         "an injected #GP(0) comes once, with RIP at the instruction, which does not run");
    need("M10", (after & EVENT_TYPE_VALID) == 0, "the entry field's valid bit reads clear after the exit");
}

static void inject_nmi(const char *id, bool virtual_nmis)
{
    uint32_t code;
    uint64_t blocked;

    cpu_iret();
    traps_clear(&host_traps[0]);
    vmx_reset(&vmx_vtl0, guest_loop_times, 1000, false);
    if (virtual_nmis) {
        vmx_set(VMCS_PIN_CONTROLS, PIN_VIRTUAL_NMIS);
    }
    vmx_write(VMCS_ENTRY_EVENT, EVENT_IS_NMI);
    code = vmx_run(&vmx_vtl0);
    blocked = vmx_read(VMCS_INTERRUPTIBILITY);
    fact(id, "NMI injected, virtual NMIs %u, guest IF=0: exit %x; guest took %lu, host %lu; interruptibility after the "
         "handler's IRET %lx", virtual_nmis, code, vtl0_traps.count[2], host_traps[0].count[2], blocked);
    need(id, code == REASON_VMCALL && vtl0_traps.count[2] == 1 && host_traps[0].count[2] == 0,
         "an injected NMI goes through VTL0's table once, NMI exiting or not");
    need(id, (blocked & BLOCKED_BY_NMI) == 0, "the IRET of the guest's handler ends the blocking");
}

/* VTL1 writes its CR8 while the physical TPR is raised. */
static void task_priority(void)
{
    uint32_t code;

    reset_vtl1(guest_set_cr8, 5, false);
    apic_write(APIC_TPR, 0xF0);
    code = vmx_run(&vmx_vtl1);
    fact("M12", "CR8 := 5, no control: exit %x, physical TPR %x", code, apic_read(APIC_TPR));
    need("M12", apic_read(APIC_TPR) == 0xF0, "without a control VTL1's CR8 leaves the physical TPR");
    reset_vtl1(guest_set_cr8, 5, false);
    apic_write(APIC_TPR, 0xF0);
    vmx_set(VMCS_PROCESSOR_CONTROLS, PROCESSOR_CR8_LOAD);
    code = vmx_run(&vmx_vtl1);
    fact("M22", "CR8 := 5, CR8-load exiting: exit %x, qualification %lx, physical TPR %x", code,
         vmx_read(VMCS_QUALIFICATION), apic_read(APIC_TPR));
    need("M22", code == REASON_MOV_CR && (vmx_read(VMCS_QUALIFICATION) & 0x3F) == 8 && apic_read(APIC_TPR) == 0xF0,
         "CR8-load exiting exits");
    reset_vtl1(guest_set_cr8, 5, false);
    apic_write(APIC_TPR, 0xF0);
    vmx_set(VMCS_PROCESSOR_CONTROLS, PROCESSOR_TPR_SHADOW);
    vmx_write(VMCS_VIRTUAL_APIC_PAGE, RIP(virtual_apic_page));
    vmx_write(VMCS_TPR_THRESHOLD, 0);
    code = vmx_run(&vmx_vtl1);
    fact("M23", "CR8 := 5, TPR shadow: exit %x, virtual TPR %x, physical TPR %x", code,
         virtual_apic_page[APIC_TPR / 4], apic_read(APIC_TPR));
    need("M23", code == REASON_VMCALL && virtual_apic_page[APIC_TPR / 4] == 0x50 && apic_read(APIC_TPR) == 0xF0,
         "with a TPR shadow VTL1's CR8 is its own, the physical TPR stays");
    settle();
}

static void legacy_interrupt(const char *id, void (*mask)(void), const char *what)
{
    uint32_t code;
    bool held;

    reset_vtl1(guest_loop_times, MANY, true);
    traps_clear(&host_traps[0]);
    apic_write(APIC_TPR, 0xF0);
    legacy_timer_once();
    mask();
    code = vmx_run(&vmx_vtl1);
    held = legacy_pending();
    fact(id, "%s, guest IF=1: exit %x after %lu loops; pending %u; VTL1 took %lu", what, code, guest_progress, held,
         vtl1_traps.count[LEGACY_VECTOR]);
    need(id, code == REASON_VMCALL && held && vtl1_traps.count[LEGACY_VECTOR] == 0, what);
    apic_write(APIC_TPR, 0);
    legacy_unmask();
    return_to_vtl0(id, LEGACY_VECTOR, true);
    legacy_mask();
    settle();
}

void vmx_trial_mask(void)
{
    cli();
    not_masked(true);
    livelock();
    settle();
    not_masked(false);
    settle();
    not_masked_otherwise("M29", false);
    not_masked_otherwise("M30", true);
    raised_priority(true);
    raised_priority(false);
    exit_then_raise("M19", false);
    exit_then_raise("M24", true);
    acknowledged("M25", TIMER_VECTOR);
    switches_under_load();
    window(false);
    window(true);
    window_never_opens();
    at_entry();
    inject_gp();
    inject_nmi("M11", false);
    inject_nmi("M28", true);
    task_priority();
    legacy_interrupt("M16", legacy_unmask, "an 8259 interrupt is held by TPR F0");
    legacy_interrupt("M18", legacy_mask_local, "an 8259 interrupt is held by TPR F0 and a masked LINT0");
    legacy_interrupt("M26", legacy_mask, "an 8259 interrupt is held by TPR F0 and its mask in the 8259");
    acknowledged("M27", LEGACY_VECTOR);
}
