#include <hv/run.h>

#include <hv/apic.h>
#include <hv/cpu_call.h>
#include <hv/deadline.h>
#include <hv/dump.h>
#include <hv/handlers.h>
#include <hv/inject.h>
#include <hv/instruction.h>
#include <hv/interrupts.h>
#include <hv/local_apic.h>
#include <hv/log.h>
#include <hv/mutant.h>
#include <hv/partition.h>
#include <hv/reset.h>
#include <hv/shootdown.h>
#include <hv/stimer.h>
#include <hv/vendor.h>
#include <hv/vina.h>
#include <hv/vtl.h>
#include <hv/x86.h>

static void handle_exception(struct cpu *cpu)
{
    inject_exception(cpu, cpu->active, cpu->exit.raised);
}

static void handle_invd(struct cpu *cpu)
{
    /* INVD would drop the hypervisor's own dirty lines; WBINVD is what VTL0 may have. */
    __asm__ volatile("wbinvd" : : : "memory");
    instruction_skip(cpu);
}

/* SVM's, VMX's and their like: to VTL0 this processor has none of them. */
static void handle_undefined(struct cpu *cpu)
{
    if (mutant_is(MUTANT_UNDEFINED_SKIPPED)) {
        instruction_skip(cpu);
    } else {
        inject_ud(cpu);
    }
}

static void handle_retry(struct cpu *cpu)
{
    (void)cpu;
}

/* An INIT that came neither through an ICR nor held: VTL0's, as if it had. */
static void handle_init(struct cpu *cpu)
{
    atomic_fetch_or(&cpu->public.requests, REQUEST_INIT);
}

/* Fail closed: what the hypervisor does not know stops the machine, with registers but no memory. */
static void handle_unknown(struct cpu *cpu)
{
    hv_log(LOG_ERROR, "error: unknown exit 0x%lx from VTL%u of processor %u", cpu->exit.code, cpu->active, cpu->vp_index);
    dump_registers(cpu);
    machine_stop(cpu);
}

static void (*const handlers[EXIT_KIND_COUNT])(struct cpu *) = {
    [EXIT_RETRY] = handle_retry,
    [EXIT_INTERRUPT] = handle_interrupt,
    [EXIT_PRIORITY] = handle_priority,
    [EXIT_DEADLINE] = handle_retry,
    [EXIT_NMI] = handle_nmi,
    [EXIT_INIT] = handle_init,
    [EXIT_CPUID] = handle_cpuid,
    [EXIT_RDMSR] = handle_rdmsr,
    [EXIT_WRMSR] = handle_wrmsr,
    [EXIT_IO] = handle_io,
    [EXIT_HYPERCALL] = handle_hypercall,
    [EXIT_MEMORY] = handle_memory,
    [EXIT_EXCEPTION] = handle_exception,
    [EXIT_INVD] = handle_invd,
    [EXIT_CONTROL_REGISTER] = handle_control_register,
    [EXIT_TABLE_REGISTER] = handle_table_register,
    [EXIT_XSETBV] = handle_xsetbv,
    [EXIT_UNDEFINED] = handle_undefined,
    [EXIT_FAULT_GP] = inject_gp,
    [EXIT_SHUTDOWN] = handle_shutdown,
    [EXIT_UNKNOWN] = handle_unknown,
};

static bool take_request(struct cpu *cpu, uint32_t request)
{
    return (atomic_fetch_and(&cpu->public.requests, ~request) & request) != 0;
}

/* What other processors asked of VTL0 on this one. INIT and NMI wait while VTL1 runs (F17). */
static void handle_requests(struct cpu *cpu)
{
    cpu_serve(cpu);
    atomic_fetch_and(&cpu->public.requests, ~REQUEST_INTERRUPT); /* looked at behind this: preempt_vtl0, interrupts_offer */
    if (cpu->active != VTL0) {
        return;
    }
    if (take_request(cpu, REQUEST_INIT)) {
        take_request(cpu, REQUEST_NMI); /* one that waits does not survive an INIT, and does not greet the start-up */
        vp_init(cpu);
    }
    if (take_request(cpu, REQUEST_START)) {
        vp_start(cpu);
        return;
    }
    if (cpu->waiting_for_sipi) {
        take_request(cpu, REQUEST_NMI); /* an NMI does not start a processor, and does not wait for its start */
    }
    if (take_request(cpu, REQUEST_SIPI)) {
        vp_startup(cpu, (uint8_t)atomic_load(&cpu->public.sipi_vector));
    }
    if (!cpu->waiting_for_sipi && cpu->vtl[VTL0].pending.type == EVENT_NONE && take_request(cpu, REQUEST_NMI)) {
        cpu->vtl[VTL0].pending = (struct event){ .type = EVENT_NMI, .vector = VECTOR_NMI };
    }
}

/* TLFS, "Virtual Interrupts": one for VTL1 runs VTL1 at once, whatever the IF of either says; only VTL1's priority holds it off. */
static void preempt_vtl0(struct cpu *cpu)
{
    if (cpu->active == VTL0 && cpu->vtl[VTL1].enabled && local_apic_interrupts(cpu)) {
        vtl_enter_by_interrupt(cpu);
    }
}

/* F14, and VINA's exception to it. */
static void prepare_interrupts(struct cpu *cpu)
{
    vina_check(cpu);
    cpu->interrupts_exit = vina_watches(cpu);
}

/* F13: wait-for-SIPI is sleeping in the hypervisor. */
static void wait_for_sipi(struct cpu *cpu)
{
    if (deadline_is_on(cpu, VTL1)) {
        __builtin_ia32_pause(); /* only an NMI would end the sleep */
        return;
    }
    atomic_store(&cpu->public.running, RUN_ASLEEP);
    vendor->sleep(&cpu->public.requests);
    atomic_store(&cpu->public.running, RUN_HOST);
    handle_nmi(cpu);
}

static void inject_pending(struct cpu *cpu)
{
    struct vtl_state *state = &cpu->vtl[cpu->active];

    if (state->pending.type == EVENT_NONE) {
        return;
    }
    if (state->pending.type == EVENT_INTERRUPT && (vendor->get(cpu, cpu->active, VREG_RFLAGS) & RFLAGS_IF) == 0) {
        event_put_behind(cpu, cpu->active); /* broken off in its delivery, and then VTL1 changed its IF */
        return;
    }
    if (state->pending.sets_cr2) {
        cpu->cr2 = state->pending.cr2;
    }
    vendor->inject(cpu, cpu->active, &state->pending);
    state->pending = (struct event){ .type = EVENT_NONE };
}

/* An NMI that must wait for another event's delivery follows it at once. */
static void hurry_nmi(struct cpu *cpu)
{
    if (cpu->active == VTL0 && (atomic_load(&cpu->public.requests) & REQUEST_NMI) != 0) {
        vendor->exit_after_event(cpu);
    }
}

/*
 * An exit during the delivery of an event: that event is delivered again,
 * exactly once. INT n and its like have not retired: they are executed again.
 */
static void keep_interrupted(struct cpu *cpu)
{
    if (cpu->exit.interrupted.type != EVENT_NONE && cpu->exit.interrupted.type != EVENT_SOFTWARE) {
        cpu->vtl[cpu->active].pending = cpu->exit.interrupted;
        cpu->vtl[cpu->active].pending.broken_off = true;
    }
}

/* F15: announce, then look. Whoever changes rights or leaves a request does it the other way round. */
static bool may_enter(struct cpu *cpu)
{
    uint32_t relevant = cpu->active == VTL0 ? ~0u : REQUESTS_OF_VTL1;
    uint64_t epoch;

    if (cpu->vtl[VTL0].pending.type != EVENT_NONE) {
        relevant &= ~REQUEST_NMI; /* one event an entry: see hurry_nmi */
    }

    atomic_store(&cpu->public.running, cpu->active == VTL0 ? RUN_VTL0 : RUN_VTL1);
    if ((atomic_load(&cpu->public.requests) & relevant) != 0) {
        atomic_store(&cpu->public.running, RUN_HOST);
        return false;
    }
    epoch = atomic_load(&partition.slat_epoch);
    if (atomic_load(&cpu->public.seen_epoch) != epoch) {
        vendor->flush(cpu, VTL0);
        flush_own_translations();
        atomic_store(&cpu->public.seen_epoch, epoch);
    }
    flush_if_asked(cpu);
    return true;
}

void run(struct cpu *cpu)
{
    for (;;) {
        handle_requests(cpu);
        deadlines_run(cpu);
        stimers_retry(cpu, cpu->active);
        preempt_vtl0(cpu);
        if (cpu->waiting_for_sipi && cpu->active == VTL0) {
            wait_for_sipi(cpu);
            continue;
        }
        vendor->set_deadline(cpu, deadline_next(cpu));
        if (!may_enter(cpu)) {
            continue;
        }
        inject_pending(cpu);
        prepare_interrupts(cpu);
        interrupts_offer(cpu, cpu->active);
        hurry_nmi(cpu);
        vendor->enter(cpu);
        atomic_store(&cpu->public.running, RUN_HOST);
        keep_interrupted(cpu);
        cpu->exits[cpu->exit.kind]++;
        handlers[cpu->exit.kind](cpu);
    }
}
