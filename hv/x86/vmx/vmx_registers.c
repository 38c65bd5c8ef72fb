#include "vmx.h"

#include <hv/apic.h>
#include <hv/guest_memory.h>
#include <hv/interrupts.h>
#include <hv/x86.h>

#include <lib/string.h>

#define SYSTEM_TYPE_MASK 0xFu
#define RIGHTS_PRESENT   0x80u
#define RIGHTS_S         0x10u
#define RIGHTS_GRANULAR  0x8000u
#define RIGHTS_TLFS      0xF0FFu
#define TYPE_BUSY_TSS64  11u
#define PDPTE_RESERVED   UINT64_C(0x1E6) /* beside what is above the address width */
#define VIRTUAL_APIC_TPR 0x80 /* CR8 is its high half */

/* Where each private register lives in the VMCS; 0: not there. */
static const uint16_t field_of[VREG_COUNT] = {
    [VREG_RIP] = VMCS_GUEST_RIP,
    [VREG_RSP] = VMCS_GUEST_RSP,
    [VREG_RFLAGS] = VMCS_GUEST_RFLAGS,
    [VREG_CR0] = VMCS_GUEST_CR0,
    [VREG_CR3] = VMCS_GUEST_CR3,
    [VREG_CR4] = VMCS_GUEST_CR4,
    [VREG_EFER] = VMCS_GUEST_EFER,
    [VREG_DR7] = VMCS_GUEST_DR7,
    [VREG_PAT] = VMCS_GUEST_PAT,
    [VREG_FS_BASE] = VMCS_GUEST_FS_BASE,
    [VREG_GS_BASE] = VMCS_GUEST_GS_BASE,
    [VREG_SYSENTER_CS] = VMCS_GUEST_SYSENTER_CS,
    [VREG_SYSENTER_ESP] = VMCS_GUEST_SYSENTER_ESP,
    [VREG_SYSENTER_EIP] = VMCS_GUEST_SYSENTER_EIP,
};

static uint64_t read_dr6(void) { uint64_t v; __asm__ volatile("mov %%dr6, %0" : "=r"(v)); return v; }
static void write_dr6(uint64_t v) { __asm__ volatile("mov %0, %%dr6" : : "r"(v)); }

static void read_swapped(struct vmx_swapped *to)
{
    *to = (struct vmx_swapped){
        .star = rdmsr(MSR_STAR), .lstar = rdmsr(MSR_LSTAR), .cstar = rdmsr(MSR_CSTAR), .sfmask = rdmsr(MSR_SFMASK),
        .kernel_gs_base = rdmsr(MSR_KERNEL_GS_BASE), .dr6 = read_dr6(),
    };
}

static void write_swapped(const struct vmx_swapped *from)
{
    wrmsr(MSR_STAR, from->star);
    wrmsr(MSR_LSTAR, from->lstar);
    wrmsr(MSR_CSTAR, from->cstar);
    wrmsr(MSR_SFMASK, from->sfmask);
    wrmsr(MSR_KERNEL_GS_BASE, from->kernel_gs_base);
    write_dr6(from->dr6);
}

void vmx_load_swapped(struct cpu *cpu, enum vtl vtl)
{
    struct vmx_processor *processor = vmx_processor(cpu);

    read_swapped(&vmx_vtl(cpu, processor->loaded)->swapped);
    write_swapped(&vmx_vtl(cpu, vtl)->swapped);
    processor->loaded = vtl;
}

static uint64_t *swapped_slot(struct vmx_swapped *swapped, enum vreg reg)
{
    switch (reg) {
    case VREG_STAR: return &swapped->star;
    case VREG_LSTAR: return &swapped->lstar;
    case VREG_CSTAR: return &swapped->cstar;
    case VREG_SFMASK: return &swapped->sfmask;
    case VREG_KERNEL_GS_BASE: return &swapped->kernel_gs_base;
    default: return &swapped->dr6;
    }
}

static uint64_t get_swapped(const struct cpu *cpu, enum vtl vtl, enum vreg reg)
{
    struct vmx_swapped now;

    if (vmx_processor(cpu)->loaded != vtl) {
        return *swapped_slot(&vmx_vtl(cpu, vtl)->swapped, reg);
    }
    read_swapped(&now);
    return *swapped_slot(&now, reg);
}

static void set_swapped(const struct cpu *cpu, enum vtl vtl, enum vreg reg, uint64_t value)
{
    struct vmx_swapped now;

    if (vmx_processor(cpu)->loaded != vtl) {
        *swapped_slot(&vmx_vtl(cpu, vtl)->swapped, reg) = value;
        return;
    }
    read_swapped(&now);
    *swapped_slot(&now, reg) = value;
    write_swapped(&now);
}

/* VTL1's is virtual; VTL0's is the APIC's, unless that is held for VTL1. */
static uint64_t get_cr8(const struct cpu *cpu, enum vtl vtl)
{
    const struct vmx_processor *processor = vmx_processor(cpu);

    if (holds_interrupts(vtl)) {
        return vmx_vtl(cpu, vtl)->virtual_apic[VIRTUAL_APIC_TPR] >> 4;
    }
    return (processor->holding ? processor->vtl0_tpr : apic_read(APIC_TPR)) >> 4;
}

uint64_t vmx_get(const struct cpu *cpu, enum vtl vtl, enum vreg reg)
{
    uint64_t value;

    if (reg == VREG_CR2) {
        return cpu->cr2;
    }
    if (reg == VREG_CR8) {
        return get_cr8(cpu, vtl);
    }
    if (field_of[reg] == 0) {
        return get_swapped(cpu, vtl, reg);
    }
    vmx_use(cpu, vtl);
    value = vmread(field_of[reg]);
    if (reg == VREG_CR0) {
        value = (value & ~CR0_OWNED) | (vmread(VMCS_CR0_SHADOW) & CR0_OWNED);
    }
    return reg == VREG_CR4 ? value & ~CR4_VMXE : value;
}

/* "Restrictions on VMX Operation": NE and VMXE stay set; the guest reads its own NE and no VMXE. */
static void set_cr0(uint64_t value)
{
    vmwrite(VMCS_CR0_SHADOW, value);
    vmwrite(VMCS_GUEST_CR0, (value & ~CR0_CACHE) | CR0_NE);
}

static void set_cr4(uint64_t value)
{
    vmwrite(VMCS_CR4_SHADOW, value & ~CR4_VMXE);
    vmwrite(VMCS_GUEST_CR4, value | CR4_VMXE);
}

/* "Checks on Guest Control Registers, Debug Registers, and MSRs": the entry control and EFER.LMA are one. */
static void set_efer(uint64_t value)
{
    uint64_t entry = vmread(VMCS_ENTRY) & ~(uint64_t)ENTRY_GUEST_64;

    vmwrite(VMCS_GUEST_EFER, value);
    vmwrite(VMCS_ENTRY, (value & EFER_LMA) != 0 ? entry | ENTRY_GUEST_64 : entry);
}

static void set_rip(uint64_t value)
{
    uint64_t blocked = vmread(VMCS_INTERRUPTIBILITY);

    vmwrite(VMCS_GUEST_RIP, value);
    if ((blocked & (BLOCKED_BY_STI | BLOCKED_BY_MOV_SS)) != 0) {
        /* These last for one instruction, which is behind us. */
        vmwrite(VMCS_INTERRUPTIBILITY, blocked & ~(uint64_t)(BLOCKED_BY_STI | BLOCKED_BY_MOV_SS));
    }
}

/* "Checks on Guest Non-Register State": no shadow of STI without IF, and in a shadow a pending step exactly where TF is set. */
static void set_rflags(uint64_t value)
{
    uint64_t blocked = vmread(VMCS_INTERRUPTIBILITY), pending = vmread(VMCS_PENDING_DEBUG);

    vmwrite(VMCS_GUEST_RFLAGS, value);
    vmwrite(VMCS_ACTIVITY, ACTIVITY_ACTIVE); /* in HLT, too, a pending step has to match TF; where RFLAGS are given, it goes on */
    if ((value & RFLAGS_IF) == 0 && (blocked & BLOCKED_BY_STI) != 0) {
        blocked &= ~(uint64_t)BLOCKED_BY_STI;
        vmwrite(VMCS_INTERRUPTIBILITY, blocked);
    }
    if ((blocked & (BLOCKED_BY_STI | BLOCKED_BY_MOV_SS)) != 0) {
        vmwrite(VMCS_PENDING_DEBUG, (value & RFLAGS_TF) != 0 ? pending | PENDING_STEP : pending & ~PENDING_STEP);
    }
}

void vmx_set(struct cpu *cpu, enum vtl vtl, enum vreg reg, uint64_t value)
{
    if (reg == VREG_CR2) {
        cpu->cr2 = value;
        return;
    }
    if (reg == VREG_CR8) {
        vmx_vtl(cpu, vtl)->virtual_apic[VIRTUAL_APIC_TPR] = (uint8_t)(value << 4);
        return;
    }
    if (field_of[reg] == 0) {
        set_swapped(cpu, vtl, reg, value);
        return;
    }
    vmx_use(cpu, vtl);
    switch (reg) {
    case VREG_RIP: set_rip(value); break;
    case VREG_RFLAGS: set_rflags(value); break;
    case VREG_CR0: set_cr0(value); break;
    case VREG_CR4: set_cr4(value); break;
    case VREG_EFER: set_efer(value); break;
    default: vmwrite(field_of[reg], value); break;
    }
}

static void get_table(enum vsegment table, struct hv_x64_segment_register *out)
{
    bool idt = table == VSEG_IDTR;

    *out = (struct hv_x64_segment_register){
        .base = vmread(idt ? VMCS_GUEST_IDTR_BASE : VMCS_GUEST_GDTR_BASE),
        .limit = (uint32_t)vmread(idt ? VMCS_GUEST_IDTR_LIMIT : VMCS_GUEST_GDTR_LIMIT),
    };
}

_Static_assert((unsigned)VSEG_ES == SEGMENT_ES && (unsigned)VSEG_TR == SEGMENT_TR, "the VMCS has the TLFS's order");

void vmx_get_segment(const struct cpu *cpu, enum vtl vtl, enum vsegment segment, struct hv_x64_segment_register *out)
{
    unsigned at = 2 * segment;
    uint64_t rights;

    vmx_use(cpu, vtl);
    if (segment >= VSEG_IDTR) {
        get_table(segment, out);
        return;
    }
    rights = vmread(VMCS_GUEST_ES_RIGHTS + at);
    *out = (struct hv_x64_segment_register){
        .base = vmread(VMCS_GUEST_ES_BASE + at),
        .limit = (uint32_t)vmread(VMCS_GUEST_ES_LIMIT + at),
        .selector = (uint16_t)vmread(VMCS_GUEST_ES + at),
        .attributes = (rights & RIGHTS_UNUSABLE) != 0 ? 0 : (uint16_t)(rights & RIGHTS_TLFS),
    };
}

/*
 * "Checks on Guest Segment Registers": what is present is accessed, the
 * granularity fits the limit. A context that a processor could not be in is
 * refused by the entry itself.
 */
static void load_segment(enum vmcs_segment segment, struct hv_x64_segment_register from)
{
    uint32_t rights = from.attributes & RIGHTS_TLFS;

    if ((rights & RIGHTS_PRESENT) == 0) {
        rights |= RIGHTS_UNUSABLE;
    } else if ((rights & RIGHTS_S) != 0) {
        rights |= 1;
    }
    if (from.limit > 0xFFFFF) {
        rights |= RIGHTS_GRANULAR;
        from.limit |= 0xFFF;
    } else if ((from.limit & 0xFFF) != 0xFFF) {
        rights &= ~RIGHTS_GRANULAR;
    }
    vmwrite(VMCS_GUEST_ES + 2 * segment, from.selector);
    vmwrite(VMCS_GUEST_ES_BASE + 2 * segment, from.base);
    vmwrite(VMCS_GUEST_ES_LIMIT + 2 * segment, from.limit);
    vmwrite(VMCS_GUEST_ES_RIGHTS + 2 * segment, rights);
}

/* A task register must be usable and busy; a firmware that never loaded one gets an empty one. */
static void load_task_register(struct hv_x64_segment_register from)
{
    if ((from.attributes & RIGHTS_PRESENT) == 0) {
        from = (struct hv_x64_segment_register){ .limit = 0x67, .attributes = RIGHTS_PRESENT | TYPE_BUSY_TSS64 };
    }
    from.attributes |= 2;
    load_segment(SEGMENT_TR, from);
}

void vmx_set_segment(struct cpu *cpu, enum vtl vtl, enum vsegment segment, const struct hv_x64_segment_register *value)
{
    vmx_use(cpu, vtl);
    if (segment < VSEG_IDTR) {
        load_segment((enum vmcs_segment)segment, *value);
        return;
    }
    vmwrite(segment == VSEG_IDTR ? VMCS_GUEST_IDTR_BASE : VMCS_GUEST_GDTR_BASE, value->base);
    vmwrite(segment == VSEG_IDTR ? VMCS_GUEST_IDTR_LIMIT : VMCS_GUEST_GDTR_LIMIT, value->limit);
}

static void load_tables(const struct hv_initial_vp_context *context)
{
    vmwrite(VMCS_GUEST_GDTR_BASE, context->gdtr.base);
    vmwrite(VMCS_GUEST_GDTR_LIMIT, context->gdtr.limit);
    vmwrite(VMCS_GUEST_IDTR_BASE, context->idtr.base);
    vmwrite(VMCS_GUEST_IDTR_LIMIT, context->idtr.limit);
}

static void load_rest(void)
{
    vmwrite(VMCS_GUEST_DR7, 0x400);
    vmwrite(VMCS_GUEST_DEBUGCTL, 0);
    vmwrite(VMCS_INTERRUPTIBILITY, 0);
    vmwrite(VMCS_ACTIVITY, 0);
    vmwrite(VMCS_PENDING_DEBUG, 0);
}

bool vmx_is_pdpte(uint64_t entry)
{
    uint64_t address = (UINT64_C(1) << (cpuid(0x80000008, 0).eax & 0xFF)) - 1;

    return (entry & 1) == 0 || (entry & (PDPTE_RESERVED | ~address)) == 0;
}

/*
 * "Checks on Guest Page-Directory-Pointer-Table Entries": PAE's four, which a MOV to CR3 would load. One that it would
 * refuse, or that the VTL cannot read, is not present here, as on AMD it faults where it is used.
 */
static void load_directory_pointers(struct cpu *cpu, enum vtl vtl, const struct hv_initial_vp_context *context)
{
    uint64_t pointers[4];

    if ((context->cr0 & CR0_PG) == 0 || (context->cr4 & CR4_PAE) == 0 || (context->efer & EFER_LMA) != 0) {
        return;
    }
    if (!guest_read(cpu, vtl, gpa(context->cr3 & ~UINT64_C(0x1F)), pointers, sizeof(pointers))) {
        memset(pointers, 0, sizeof(pointers));
    }
    for (unsigned i = 0; i < 4; i++) {
        vmwrite(VMCS_GUEST_PDPTE + 2 * i, vmx_is_pdpte(pointers[i]) ? pointers[i] : 0);
    }
}

void vmx_load_context(struct cpu *cpu, enum vtl vtl, const struct hv_initial_vp_context *context)
{
    load_segment(SEGMENT_CS, context->cs);
    load_segment(SEGMENT_DS, context->ds);
    load_segment(SEGMENT_ES, context->es);
    load_segment(SEGMENT_FS, context->fs);
    load_segment(SEGMENT_GS, context->gs);
    load_segment(SEGMENT_SS, context->ss);
    load_segment(SEGMENT_LDTR, context->ldtr);
    load_task_register(context->tr);
    load_tables(context);
    load_rest();
    set_cr0(context->cr0);
    set_efer(context->efer);
    vmwrite(VMCS_GUEST_CR3, context->cr3);
    load_directory_pointers(cpu, vtl, context);
    set_cr4(context->cr4);
    vmwrite(VMCS_GUEST_RIP, context->rip);
    vmwrite(VMCS_GUEST_RSP, context->rsp);
    vmwrite(VMCS_GUEST_RFLAGS, context->rflags | RFLAGS_FIXED);
    vmwrite(VMCS_GUEST_PAT, context->msr_cr_pat);
}
