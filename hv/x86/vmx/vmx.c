/* Intel VMX with extended page tables: the vendor table's functions. */
#include "vmx.h"

#include <hv/apic.h>
#include <hv/check.h>
#include <hv/ept.h>
#include <hv/hypercalls.h>
#include <hv/interrupts.h>
#include <hv/layout.h>
#include <hv/log.h>
#include <hv/mutant.h>
#include <hv/partition.h>
#include <hv/shootdown.h>
#include <hv/x86.h>

#include <lib/string.h>

#define FEATURE_LOCKED   UINT64_C(1)
#define FEATURE_VMX      UINT64_C(4)
#define ALL_CONTEXTS     UINT64_C(2)

#define APIC_LINT0       0x350
#define TPR_ALL          0xF0u
#define LVT_MASKED       (1u << 16)

struct descriptor {
    uint64_t first, second;
};

static uint64_t pool_address(const void *page)
{
    return page_pool_address(&partition.pool, page).value;
}

/* The pool is under the SLAT lock: other processors may be splitting pages. */
static uint8_t *new_page(void)
{
    uint8_t *page;

    spin_lock(&partition.slat_lock);
    page = page_pool_get(&partition.pool);
    spin_unlock(&partition.slat_lock);
    CHECK(page != NULL);
    return page;
}

/* "VMXON—Enter VMX Operation", "VMCS Data": both regions begin with the revision. */
static uint8_t *new_region(void)
{
    uint8_t *page = new_page();
    uint32_t revision = (uint32_t)rdmsr(MSR_VMX_BASIC) & 0x7FFFFFFF;

    memcpy(page, &revision, sizeof(revision));
    return page;
}

static void vmxon(uint64_t region)
{
    uint8_t failed;

    __asm__ volatile("vmxon %1\n\tsetbe %0" : "=q"(failed) : "m"(region) : "cc", "memory");
    CHECK(!failed);
}

static void vmclear(const struct vmx_vtl *state)
{
    uint64_t region = pool_address(state->vmcs);
    uint8_t failed;

    __asm__ volatile("vmclear %1\n\tsetbe %0" : "=q"(failed) : "m"(region) : "cc", "memory");
    CHECK(!failed);
}

static void vmptrld(const struct vmx_vtl *state)
{
    uint64_t region = pool_address(state->vmcs);
    uint8_t failed;

    __asm__ volatile("vmptrld %1\n\tsetbe %0" : "=q"(failed) : "m"(region) : "cc", "memory");
    CHECK(!failed);
}

void vmx_use(const struct cpu *cpu, enum vtl vtl)
{
    struct vmx_processor *processor = vmx_processor(cpu);

    if (processor->current != vmx_vtl(cpu, vtl)) {
        processor->current = vmx_vtl(cpu, vtl);
        vmptrld(processor->current);
    }
}

static void drop_translations(const struct cpu *cpu)
{
    const struct descriptor all = { 0, 0 };

    if (mutant_is(MUTANT_NO_INVALIDATION)) {
        return;
    }
    __asm__ volatile("invept %0, %1" : : "m"(all), "r"(ALL_CONTEXTS) : "cc", "memory");
    __asm__ volatile("invvpid %0, %1" : : "m"(all), "r"(ALL_CONTEXTS) : "cc", "memory");
    hv_log(LOG_DEBUG, INVALIDATED_TEXT, cpu->active, cpu->vp_index, atomic_load(&cpu->public.seen_epoch));
}

/* "Enabling and Entering VMX Operation". The gate has seen that the firmware did not lock VMX out. */
static void vmx_processor_on(struct cpu *cpu)
{
    static bool permissions_ready; /* under the launch lock */

    if (!permissions_ready) {
        vmx_permissions_init();
        permissions_ready = true;
    }
    if ((rdmsr(MSR_FEATURE_CONTROL) & FEATURE_LOCKED) == 0) {
        wrmsr(MSR_FEATURE_CONTROL, FEATURE_LOCKED | FEATURE_VMX);
    }
    CHECK((rdmsr(MSR_FEATURE_CONTROL) & FEATURE_VMX) != 0);
    write_cr0((read_cr0() | rdmsr(MSR_VMX_CR0_FIXED0)) & rdmsr(MSR_VMX_CR0_FIXED1));
    write_cr4((read_cr4() | CR4_VMXE | rdmsr(MSR_VMX_CR4_FIXED0)) & rdmsr(MSR_VMX_CR4_FIXED1));
    cpu->host_save = new_region();
    cpu->host_control = new_page();
    vmxon(pool_address(cpu->host_save));
    drop_translations(cpu);
}

static const struct slat_format *vmx_slat(void)
{
    bool mode_based = (rdmsr(MSR_VMX_SECONDARY) >> 32 & SECONDARY_MBEC) != 0;

    return ept_format((rdmsr(MSR_VMX_EPT_VPID_CAP) & EPT_CAP_1G) != 0, mode_based);
}

static struct vmx_vtl *new_vtl(void)
{
    struct vmx_vtl *state = (struct vmx_vtl *)new_page();

    _Static_assert(sizeof(*state) <= PAGE_SIZE, "one page");
    state->vmcs = new_region();
    state->virtual_apic = new_page();
    return state;
}

/*
 * F14: while VTL1 runs, the local APIC delivers nothing: the task priority
 * holds fixed interrupts, and the mask holds the 8259's, which have none.
 */
static void hold_interrupts(struct vmx_processor *processor)
{
    volatile uint32_t *tpr = (volatile uint32_t *)(HV_VA_APIC + APIC_TPR);
    volatile uint32_t *lint0 = (volatile uint32_t *)(HV_VA_APIC + APIC_LINT0);

    processor->holding = true;
    processor->vtl0_tpr = *tpr;
    processor->vtl0_lint0 = *lint0;
    *tpr = TPR_ALL;
    *lint0 = processor->vtl0_lint0 | LVT_MASKED;
}

static void release_interrupts(struct vmx_processor *processor)
{
    processor->holding = false;
    *(volatile uint32_t *)(HV_VA_APIC + APIC_TPR) = processor->vtl0_tpr;
    *(volatile uint32_t *)(HV_VA_APIC + APIC_LINT0) = processor->vtl0_lint0;
}

static void load_vtl(struct cpu *cpu, enum vtl vtl)
{
    struct vmx_processor *processor = vmx_processor(cpu);
    bool hold = holds_interrupts(vtl) && !cpu->interrupts_exit;

    if (processor->loaded != vtl) {
        vmx_load_swapped(cpu, vtl);
    }
    if (hold && !processor->holding) {
        hold_interrupts(processor);
    } else if (!hold && processor->holding) {
        release_interrupts(processor);
    }
}

/* Always on the processor itself ("a VMCS is active on at most one logical processor"). */
static void vmx_vtl_start(struct cpu *cpu, enum vtl vtl, const struct hv_initial_vp_context *context)
{
    struct vmx_vtl *state = cpu->control[vtl];

    if (state == NULL) {
        state = new_vtl();
        cpu->control[vtl] = state;
        vmclear(state);
    }
    if (vtl == VTL0) {
        load_vtl(cpu, VTL0); /* an INIT that waited for VTL1's return resets VTL0's APIC, not the one held for VTL1 */
    }
    vmx_use(cpu, vtl);
    vmx_set_controls(state, vtl);
    vmx_set_host_state(cpu);
    vmx_load_context(cpu, vtl, context);
    state->nmi_waiting = false;
    state->timer_on = false;
    state->mode_based_execution = false; /* as the controls just written have it */
    state->mode_based_let_go = false;
    state->intercepts = (union register_intercepts){ 0 };
    state->flush = true;
}

/* An NMI came before the entry: the event that was to be delivered still is. */
static void broken_off(struct cpu *cpu)
{
    uint32_t info = (uint32_t)vmread(VMCS_ENTRY_EVENT);

    cpu->nmi_in_host = 0;
    cpu->exit = (struct exit){ .kind = EXIT_NMI, .interrupted = vmx_event_from(info, (uint32_t)vmread(VMCS_ENTRY_ERROR_CODE)) };
    vmwrite(VMCS_ENTRY_EVENT, 0);
}

/* "VM-Instruction Error Numbers" */
static void entry_failed(struct cpu *cpu)
{
    cpu->exit = (struct exit){ .kind = EXIT_UNKNOWN, .code = vmread(VMCS_INSTRUCTION_ERROR) };
    hv_log(LOG_ERROR, "error: VM entry of VTL%u failed, VM-instruction error %lu", cpu->active, cpu->exit.code);
    vmx_check();
}

/* The test image looks before every entry, and can break one: before the look, or behind it. */
static bool is_refused_here(struct cpu *cpu)
{
    if (cpu->active == VTL1 && mutant_is(MUTANT_VMCS_BROKEN)) {
        vmwrite(VMCS_GUEST_RFLAGS, 0);
    }
    if (is_test_image() && vmx_check() != 0) {
        cpu->exit = (struct exit){ .kind = EXIT_UNKNOWN };
        return true;
    }
    if (cpu->active == VTL1 && mutant_is(MUTANT_ENTRY_FAILS)) {
        vmwrite(VMCS_GUEST_CR4, 0);
    }
    return false;
}

static void vmx_enter(struct cpu *cpu)
{
    struct vmx_vtl *state = vmx_vtl(cpu, cpu->active);
    unsigned result;

    vmx_use(cpu, cpu->active);
    load_vtl(cpu, cpu->active);
    vmx_prepare_events(state);
    vmx_apply_mode_based_execution(cpu, state);
    if (cpu->active == VTL0) {
        vmx_apply_intercepts(cpu, state);
    }
    if (state->flush) {
        state->flush = false;
        drop_translations(cpu);
    }
    if (is_refused_here(cpu)) {
        return;
    }
    __asm__ volatile("mov %0, %%cr2" : : "r"(cpu->cr2));
    result = vmx_switch(cpu->gpr, &cpu->nmi_in_host, state->launched);
    if (result == SWITCHED_BROKEN_OFF) {
        broken_off(cpu);
    } else if (result == SWITCHED_FAILED) {
        entry_failed(cpu);
    } else {
        state->launched = true;
        cpu->cr2 = read_cr2();
        vmx_decode_exit(cpu);
    }
}

static void vmx_flush(struct cpu *cpu, enum vtl vtl)
{
    vmx_vtl(cpu, vtl)->flush = true;
}

/* "Guest Register State": CPL is SS.DPL, always. */
static unsigned vmx_privilege(const struct cpu *cpu, enum vtl vtl)
{
    vmx_use(cpu, vtl);
    return vmread(VMCS_GUEST_ES_RIGHTS + 2 * SEGMENT_SS) >> 5 & 3;
}

/*
 * "Guest Non-Register State": VTL0 goes on as behind HLT, with the preemption timer running. Not with IF clear, when no interrupt
 * would end that, and not while it steps.
 */
static void vmx_idle(struct cpu *cpu)
{
    vmx_use(cpu, VTL0);
    if ((vmread(VMCS_GUEST_RFLAGS) & (RFLAGS_IF | RFLAGS_TF)) == RFLAGS_IF) {
        vmwrite(VMCS_ACTIVITY, ACTIVITY_HLT);
    }
}

static bool vmx_in_shadow(const struct cpu *cpu, enum vtl vtl)
{
    vmx_use(cpu, vtl);
    return (vmread(VMCS_INTERRUPTIBILITY) & (BLOCKED_BY_STI | BLOCKED_BY_MOV_SS)) != 0;
}

static void vmx_wipe(struct cpu *cpu)
{
    struct vmx_vtl *state = vmx_vtl(cpu, VTL1);

    if (state == NULL || cpu != this_cpu()) {
        return;
    }
    vmclear(state); /* what the processor keeps of it goes to memory first */
    vmx_processor(cpu)->current = NULL;
    state->launched = false;
    secure_zero(state->vmcs, PAGE_SIZE);
    secure_zero(&state->swapped, sizeof(state->swapped));
}

const struct vendor vendor_vmx = {
    .name = "Intel VMX with extended page tables",
    .fault = "EPT violation, qualification",
    .hypercall_page = hypercall_page_vmcall,
    .slat = vmx_slat,
    .processor_on = vmx_processor_on,
    .vtl_start = vmx_vtl_start,
    .enter = vmx_enter,
    .get = vmx_get,
    .set = vmx_set,
    .get_segment = vmx_get_segment,
    .set_segment = vmx_set_segment,
    .interceptable = vmx_interceptable,
    .port_exits = vmx_port_exits,
    .privilege = vmx_privilege,
    .in_shadow = vmx_in_shadow,
    .inject = vmx_inject,
    .deliver_interrupt = vmx_deliver_interrupt,
    .await_interrupt = vmx_await_interrupt,
    .exit_after_event = vmx_exit_after_event,
    .set_deadline = vmx_set_deadline,
    .flush = vmx_flush,
    .take_interrupt = vmx_take_interrupt,
    .take_nmi = vmx_take_nmi,
    .sleep = vmx_sleep,
    .idle = vmx_idle,
    .wipe = vmx_wipe,
};
