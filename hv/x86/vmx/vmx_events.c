/*
 * Events for a VTL (SDM vol. 3C, "Event Injection", "Virtual NMIs"). What the
 * VTL cannot take at this entry waits here, and a window exit tells when.
 */
#include "vmx.h"

#include <hv/clock.h>
#include <hv/deadline.h>
#include <hv/inject.h>
#include <hv/interrupts.h>
#include <hv/partition.h>
#include <hv/x86.h>


struct event vmx_event_from(uint32_t info, uint32_t error_code)
{
    /* Types 4 to 6 are INT n, ICEBP, INT3 and INTO: they have not retired. */
    static const enum event_type types[8] = {
        [EVENT_TYPE_INTERRUPT] = EVENT_INTERRUPT, [EVENT_TYPE_NMI] = EVENT_NMI, [EVENT_TYPE_EXCEPTION] = EVENT_EXCEPTION,
        [4] = EVENT_SOFTWARE, [5] = EVENT_SOFTWARE, [6] = EVENT_SOFTWARE,
    };

    if ((info & EVENT_VALID) == 0) {
        return (struct event){ .type = EVENT_NONE };
    }
    return (struct event){
        .type = types[EVENT_TYPE(info)], .vector = (uint8_t)info,
        .has_error_code = (info & EVENT_HAS_CODE) != 0, .error_code = error_code,
    };
}

static void put_event(uint32_t type, uint8_t vector)
{
    vmwrite(VMCS_ENTRY_EVENT, EVENT_VALID | type << EVENT_TYPE_SHIFT | vector);
}

/* In real mode no exception pushes an error code ("Checks on VMX Controls", VM-entry interruption information). */
static void put_exception(const struct event *event)
{
    bool code = event->has_error_code && (vmread(VMCS_GUEST_CR0) & CR0_PE) != 0;

    vmwrite(VMCS_ENTRY_ERROR_CODE, event->error_code);
    vmwrite(VMCS_ENTRY_EVENT, EVENT_VALID | (code ? EVENT_HAS_CODE : 0) | EVENT_TYPE_EXCEPTION << EVENT_TYPE_SHIFT | event->vector);
}

void vmx_inject(struct cpu *cpu, enum vtl vtl, const struct event *event)
{
    vmx_use(cpu, vtl);
    switch (event->type) {
    case EVENT_NMI:
        vmx_vtl(cpu, vtl)->nmi_waiting = true;
        break;
    case EVENT_INTERRUPT:
        put_event(EVENT_TYPE_INTERRUPT, event->vector);
        break;
    case EVENT_EXCEPTION:
        vmwrite(VMCS_ACTIVITY, ACTIVITY_ACTIVE);
        put_exception(event);
        break;
    default:
        break;
    }
}

/* "Acknowledge interrupt on exit" is set for VTL1, the only VTL that interrupts end. */
void vmx_take_interrupt(struct cpu *cpu)
{
    uint32_t info = (uint32_t)vmread(VMCS_EXIT_EVENT);

    if ((info & EVENT_VALID) != 0) {
        interrupt_arrived(cpu, (uint8_t)info);
    }
}

static void set_window(uint32_t window, bool open)
{
    uint64_t old = vmread(VMCS_PRIMARY);
    uint64_t new = open ? old | window : old & ~(uint64_t)window;

    if (new != old) {
        vmwrite(VMCS_PRIMARY, new);
    }
}

/* The NMI window opens as soon as what is injected now has been delivered. */
void vmx_exit_after_event(struct cpu *cpu)
{
    vmx_use(cpu, cpu->active);
    set_window(PRIMARY_NMI_WINDOW, true);
}

static bool takes_interrupts(void)
{
    return (vmread(VMCS_INTERRUPTIBILITY) & (BLOCKED_BY_STI | BLOCKED_BY_MOV_SS)) == 0 && (vmread(VMCS_GUEST_RFLAGS) & RFLAGS_IF) != 0;
}

/* An NMI that waits goes first, unless it waits for the end of another. */
bool vmx_deliver_interrupt(struct cpu *cpu, enum vtl vtl, uint8_t vector)
{
    vmx_use(cpu, vtl);
    if ((vmread(VMCS_ENTRY_EVENT) & EVENT_VALID) != 0 || !takes_interrupts()
        || (vmx_vtl(cpu, vtl)->nmi_waiting && (vmread(VMCS_INTERRUPTIBILITY) & BLOCKED_BY_NMI) == 0)) {
        return false;
    }
    put_event(EVENT_TYPE_INTERRUPT, vector);
    return true;
}

/*
 * "TPR Threshold": the run ends when VTL1's CR8 falls below it. It must not be above CR8 at an entry. VTL0's CR8 is the
 * machine's: while it holds one off, its MOV to CR8 exits.
 */
void vmx_await_interrupt(struct cpu *cpu, enum vtl vtl, unsigned priority)
{
    bool held_off = priority != 0 && priority <= vmx_get(cpu, vtl, VREG_CR8);

    vmx_use(cpu, vtl);
    vmwrite(VMCS_TPR_THRESHOLD, held_off && holds_interrupts(vtl) ? priority : 0);
    set_window(PRIMARY_CR8_LOAD, held_off && !holds_interrupts(vtl));
    set_window(PRIMARY_INTERRUPT_WINDOW, priority != 0 && !held_off);
}

/*
 * "VMX-Preemption Timer": it counts down with one bit of the TSC, and in HLT, too. Longer than 32 bits: the run ends early. At 0
 * the guest would not execute an instruction, and with a timer of a short enough period never again.
 */
void vmx_set_deadline(struct cpu *cpu, uint64_t tsc)
{
    struct vmx_vtl *state = vmx_vtl(cpu, cpu->active);
    bool on = tsc != CLOCK_NEVER;

    vmx_use(cpu, cpu->active);
    if (on != state->timer_on) {
        state->timer_on = on;
        vmwrite(VMCS_PIN, vmread(VMCS_PIN) ^ PIN_TIMER);
    }
    if (on) {
        uint64_t now = rdtsc(), least = partition.boot.tsc_frequency / LEAST_RUNS_A_SECOND;
        uint64_t left = tsc > now && tsc - now > least ? tsc - now : least;
        uint64_t counts = (left >> (rdmsr(MSR_VMX_MISC) & 31)) + 1;

        vmwrite(VMCS_TIMER, counts < UINT32_MAX ? counts : UINT32_MAX);
    }
}

void vmx_prepare_events(struct vmx_vtl *state)
{
    bool busy = (vmread(VMCS_ENTRY_EVENT) & EVENT_VALID) != 0;
    uint64_t blocked = vmread(VMCS_INTERRUPTIBILITY);

    if (state->nmi_waiting && !busy && (blocked & (BLOCKED_BY_NMI | BLOCKED_BY_STI | BLOCKED_BY_MOV_SS)) == 0) {
        put_event(EVENT_TYPE_NMI, VECTOR_NMI);
        state->nmi_waiting = false;
    }
    if (state->nmi_waiting) {
        set_window(PRIMARY_NMI_WINDOW, true);
    }
}
