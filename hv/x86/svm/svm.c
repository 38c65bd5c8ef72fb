/* AMD SVM with nested paging: the vendor table's functions. */
#include "svm.h"

#include <hv/apic.h>
#include <hv/apic_timer.h>
#include <hv/check.h>
#include <hv/deadline.h>
#include <hv/hypercalls.h>
#include <hv/image.h>
#include <hv/inject.h>
#include <hv/interrupts.h>
#include <hv/log.h>
#include <hv/mutant.h>
#include <hv/npt.h>
#include <hv/partition.h>
#include <hv/shootdown.h>
#include <hv/x86.h>

#include <lib/string.h>

/* Both VTLs: what must never run natively (architecture F12, attacks.md rule 5). */
#define INTERCEPTS1 (INTERCEPT_NMI | INTERCEPT_INIT | INTERCEPT_RDPMC | INTERCEPT_CPUID | INTERCEPT_RSM | INTERCEPT_INVD \
                     | INTERCEPT_INVLPGA | INTERCEPT_IO | INTERCEPT_MSR | INTERCEPT_SHUTDOWN)
#define INTERCEPTS2 (INTERCEPT_VMRUN | INTERCEPT_VMMCALL | INTERCEPT_VMLOAD | INTERCEPT_VMSAVE | INTERCEPT_STGI \
                     | INTERCEPT_CLGI | INTERCEPT_SKINIT | INTERCEPT_MONITOR | INTERCEPT_MWAIT | INTERCEPT_MWAIT_ARMED)

#define APIC_TPR 0x80

static uint64_t pool_address(const void *page)
{
    return page_pool_address(&partition.pool, page).value;
}

/* The pool is under the SLAT lock: other processors may be splitting pages. */
static void *take_page(void)
{
    void *page;

    spin_lock(&partition.slat_lock);
    page = page_pool_get(&partition.pool);
    spin_unlock(&partition.slat_lock);
    CHECK(page != NULL);
    return page;
}

static void svm_processor_on(struct cpu *cpu)
{
    static bool permissions_ready; /* under the launch lock */

    if (!permissions_ready) {
        svm_permissions_init();
        permissions_ready = true;
    }
    wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SVME);
    /* GIF is clear from here on whenever the hypervisor runs: no interrupt, NMI or INIT is taken in it. */
    __asm__ volatile("clgi");
    cpu->host_save = take_page();
    cpu->host_control = take_page();
    wrmsr(MSR_VM_HSAVE_PA, pool_address(cpu->host_save));
    __asm__ volatile("vmsave %0" : : "a"(pool_address(cpu->host_control)) : "memory");
}

/* "1-Gbyte Paging Support": CPUID Fn8000_0001_EDX bit 26. */
static const struct slat_format *svm_slat(void)
{
    return npt_format((cpuid(0x80000001, 0).edx & 1u << 26) != 0);
}

static void set_controls(struct vmcb *vmcb, enum vtl vtl)
{
    vmcb->intercepts1 = INTERCEPTS1 | (holds_interrupts(vtl) ? INTERCEPT_INTR : 0);
    vmcb->intercepts2 = INTERCEPTS2;
    vmcb->exceptions = INTERCEPTED_EXCEPTIONS;
    vmcb->iopm_base = svm_io_map(vtl).value;
    vmcb->msrpm_base = svm_msr_map(MSRS_OPEN).value;
    vmcb->asid = (uint32_t)vtl + 1;
    vmcb->tlb_control = TLB_CONTROL_FLUSH_ALL;
    vmcb->nested_control = 1;
    vmcb->nested_cr3 = slat_root_address(&partition.slat[vtl]).value;
    /*
     * F14: physical interrupts wait until VTL1 returns. Host IF is 0 at VMRUN, so none exits ("Virtualizing
     * INTR"); on Bochs, which looks at the guest's IF, it does, and is never delivered through VTL1's IDT.
     */
    vmcb->virtual_interrupt = holds_interrupts(vtl) ? VINTR_MASKING : 0;
}

static void svm_vtl_start(struct cpu *cpu, enum vtl vtl, const struct hv_initial_vp_context *context)
{
    struct vmcb *vmcb = cpu->control[vtl];

    if (vmcb == NULL) {
        vmcb = take_page();
        cpu->control[vtl] = vmcb;
    }
    set_controls(vmcb, vtl);
    svm_load_context(vmcb, context);
    vmcb->event_injection = 0;
    vmcb->interrupt_state = 0;
}

static void forget_translations(const struct cpu *cpu, struct vmcb *vmcb)
{
    if (mutant_is(MUTANT_NO_INVALIDATION)) {
        vmcb->tlb_control = 0;
    } else {
        hv_log(LOG_DEBUG, INVALIDATED_TEXT, cpu->active, cpu->vp_index, atomic_load(&cpu->public.seen_epoch));
    }
}

/*
 * While the APIC's timer is the hypervisor's, physical interrupts exit from VTL0 too: as soon as VTL0 could take them, or,
 * with a deadline of VTL1 on, whatever its IF says ("Virtualizing INTR"). Then CR8 is V_TPR, and has to be the APIC's.
 */
static void open_for_interrupts(const struct cpu *cpu, struct vmcb *vmcb)
{
    bool taken = apic_timer_is_taken(cpu), masking = taken && deadline_is_on(cpu, VTL1);
    uint64_t kept = vmcb->virtual_interrupt & ~(VINTR_MASKING | VINTR_IGNORE_TPR | VINTR_TPR);
    uint64_t priority = masking ? apic_read(APIC_TPR) >> 4 & VINTR_TPR : 0;

    if (priority != 0) {
        vmcb->cr_write |= INTERCEPT_CR8; /* a lower one must reach the APIC, which holds interrupts off */
    }
    vmcb->intercepts1 = (vmcb->intercepts1 & ~(uint32_t)INTERCEPT_INTR) | (taken ? INTERCEPT_INTR : 0);
    vmcb->virtual_interrupt = kept | priority | VINTR_IGNORE_TPR | (masking ? VINTR_MASKING : 0);
}

/* What VTL0 has put in CR8. */
static void keep_priority(const struct vmcb *vmcb)
{
    uint32_t priority = (uint32_t)(vmcb->virtual_interrupt & VINTR_TPR);

    if ((vmcb->virtual_interrupt & VINTR_MASKING) != 0 && apic_read(APIC_TPR) >> 4 != priority) {
        apic_put(APIC_TPR, priority << 4);
    }
}

/*
 * IF is clear in the hypervisor. Set here, under a clear GIF, it lets interrupts end the run of a guest under masking
 * ("Virtualizing INTR"): for VINA, and for a deadline.
 */
static void run_guest(struct cpu *cpu, const struct vmcb *vmcb)
{
    bool for_deadline = apic_timer_is_taken(cpu) && deadline_is_on(cpu, VTL1) && (vmcb->virtual_interrupt & VINTR_MASKING) != 0;

    if (cpu->interrupts_exit || for_deadline) {
        __asm__ volatile("sti" : : : "memory");
    }
    svm_switch(cpu->gpr, pool_address(vmcb), pool_address(cpu->host_control));
    __asm__ volatile("cli" : : : "memory");
}

static void svm_enter(struct cpu *cpu)
{
    struct vmcb *vmcb = svm_vmcb(cpu, cpu->active);
    bool is_open = !holds_interrupts(cpu->active);

    vmcb->rax = cpu->gpr[RAX];
    vmcb->cr2 = cpu->cr2;
    __asm__ volatile("mov %0, %%cr2" : : "r"(cpu->cr2)); /* Bochs saves the VMCB's, but does not load it */
    vmcb->clean = 0;
    if (cpu->active == VTL0) {
        svm_apply_intercepts(cpu, vmcb);
    }
    if (vmcb->tlb_control != 0) {
        forget_translations(cpu, vmcb);
    }
    if (is_open) {
        open_for_interrupts(cpu, vmcb);
    }
    run_guest(cpu, vmcb);
    if (is_open) {
        keep_priority(vmcb);
    }
    cpu->gpr[RAX] = vmcb->rax;
    cpu->cr2 = vmcb->cr2;
    vmcb->tlb_control = 0;
    vmcb->event_injection = 0;
    svm_decode_exit(cpu, vmcb);
}

static void svm_inject(struct cpu *cpu, enum vtl vtl, const struct event *event)
{
    static const uint64_t types[] = {
        [EVENT_INTERRUPT] = 0, [EVENT_NMI] = 2, [EVENT_EXCEPTION] = 3, [EVENT_SOFTWARE] = 4,
    };
    uint64_t info = VMCB_EVENT_VALID | types[event->type] << VMCB_EVENT_TYPE_SHIFT | event->vector;

    if (event->has_error_code) {
        info |= VMCB_EVENT_ERROR | (uint64_t)event->error_code << 32;
    }
    svm_vmcb(cpu, vtl)->event_injection = info;
}

static bool svm_deliver_interrupt(struct cpu *cpu, enum vtl vtl, uint8_t vector)
{
    const struct vmcb *vmcb = svm_vmcb(cpu, vtl);

    if ((vmcb->event_injection & VMCB_EVENT_VALID) != 0 || (vmcb->interrupt_state & VMCB_INTERRUPT_SHADOW) != 0
        || (vmcb->rflags & RFLAGS_IF) == 0) {
        return false;
    }
    svm_inject(cpu, vtl, &(struct event){ .type = EVENT_INTERRUPT, .vector = vector });
    return true;
}

/*
 * A virtual interrupt that is intercepted ("Virtual Interrupt Intercept") and so never delivered. While CR8 holds it off,
 * the write to CR8 is waited for; QEMU 7.2 dies of one while a virtual interrupt waits (docs/trials.md, E20), so it exits then too.
 */
static void svm_await_interrupt(struct cpu *cpu, enum vtl vtl, unsigned priority)
{
    struct vmcb *vmcb = svm_vmcb(cpu, vtl);
    bool open = priority > svm_get(cpu, vtl, VREG_CR8);
    uint64_t kept = vmcb->virtual_interrupt & (VINTR_TPR | VINTR_MASKING);

    vmcb->cr_write = (uint16_t)((vmcb->cr_write & ~INTERCEPT_CR8) | (priority != 0 ? INTERCEPT_CR8 : 0));
    if (priority == 0 || !open) {
        vmcb->virtual_interrupt = kept;
        vmcb->intercepts1 &= ~INTERCEPT_VINTR;
    } else {
        vmcb->virtual_interrupt = kept | VINTR_IRQ | VINTR_PRIORITY | VINTR_IGNORE_TPR | VINTR_VECTOR(priority << 4 & 0xFF);
        vmcb->intercepts1 |= INTERCEPT_VINTR;
    }
}

/* This processor's own NMI, held by GIF until the guest runs and taken after the event. */
static void svm_exit_after_event(struct cpu *cpu)
{
    cpu_kick(cpu, cpu);
}

/* "TLB Flush": value 1 drops everything, the only form every processor has. */
static void svm_flush(struct cpu *cpu, enum vtl vtl)
{
    svm_vmcb(cpu, vtl)->tlb_control = TLB_CONTROL_FLUSH_ALL;
}

/* What comes is VTL0's as if it had come while VTL1 ran; a deadline comes as the APIC timer's interrupt. */
static void svm_idle(struct cpu *cpu)
{
    svm_wait_interrupt(&cpu->public.requests);
}

static unsigned svm_privilege(const struct cpu *cpu, enum vtl vtl)
{
    return svm_vmcb(cpu, vtl)->cpl;
}

static bool svm_in_shadow(const struct cpu *cpu, enum vtl vtl)
{
    return (svm_vmcb(cpu, vtl)->interrupt_state & VMCB_INTERRUPT_SHADOW) != 0;
}

static void svm_wipe(struct cpu *cpu)
{
    if (cpu->control[VTL1] != NULL) {
        secure_zero(cpu->control[VTL1], sizeof(struct vmcb));
    }
}

const struct vendor vendor_svm = {
    .name = "AMD SVM with nested paging",
    .fault = "nested page fault, EXITINFO1",
    .hypercall_page = hypercall_page_vmmcall,
    .slat = svm_slat,
    .processor_on = svm_processor_on,
    .vtl_start = svm_vtl_start,
    .enter = svm_enter,
    .get = svm_get,
    .set = svm_set,
    .get_segment = svm_get_segment,
    .set_segment = svm_set_segment,
    .interceptable = svm_interceptable,
    .port_exits = svm_port_exits,
    .privilege = svm_privilege,
    .in_shadow = svm_in_shadow,
    .inject = svm_inject,
    .deliver_interrupt = svm_deliver_interrupt,
    .await_interrupt = svm_await_interrupt,
    .exit_after_event = svm_exit_after_event,
    .set_deadline = apic_timer_set,
    .flush = svm_flush,
    .take_interrupt = svm_take_interrupt,
    .take_nmi = svm_take_nmi,
    .sleep = svm_sleep,
    .idle = svm_idle,
    .wipe = svm_wipe,
};
