#include "svm.h"

#include <hv/apic.h>
#include <hv/interrupts.h>
#include <hv/x86.h>

#define APIC_TPR 0x80

/* Where each private register lives in the VMCB. */
static const uint16_t register_offset[VREG_COUNT] = {
    [VREG_RIP] = offsetof(struct vmcb, rip),
    [VREG_RSP] = offsetof(struct vmcb, rsp),
    [VREG_RFLAGS] = offsetof(struct vmcb, rflags),
    [VREG_CR0] = offsetof(struct vmcb, cr0),
    [VREG_CR2] = offsetof(struct vmcb, cr2),
    [VREG_CR3] = offsetof(struct vmcb, cr3),
    [VREG_CR4] = offsetof(struct vmcb, cr4),
    [VREG_EFER] = offsetof(struct vmcb, efer),
    [VREG_DR6] = offsetof(struct vmcb, dr6),
    [VREG_DR7] = offsetof(struct vmcb, dr7),
    [VREG_PAT] = offsetof(struct vmcb, pat),
    [VREG_FS_BASE] = offsetof(struct vmcb, fs.base),
    [VREG_GS_BASE] = offsetof(struct vmcb, gs.base),
    [VREG_KERNEL_GS_BASE] = offsetof(struct vmcb, kernel_gs_base),
    [VREG_STAR] = offsetof(struct vmcb, star),
    [VREG_LSTAR] = offsetof(struct vmcb, lstar),
    [VREG_CSTAR] = offsetof(struct vmcb, cstar),
    [VREG_SFMASK] = offsetof(struct vmcb, sfmask),
    [VREG_SYSENTER_CS] = offsetof(struct vmcb, sysenter_cs),
    [VREG_SYSENTER_ESP] = offsetof(struct vmcb, sysenter_esp),
    [VREG_SYSENTER_EIP] = offsetof(struct vmcb, sysenter_eip),
};

static uint64_t *register_slot(const struct cpu *cpu, enum vtl vtl, enum vreg reg)
{
    return (uint64_t *)((uint8_t *)cpu->control[vtl] + register_offset[reg]);
}

/* EFER.SVME must be set in a guest (APM vol. 2, "Canonicalization and Consistency Checks"), and is hidden from it. */
uint64_t svm_get(const struct cpu *cpu, enum vtl vtl, enum vreg reg)
{
    if (reg == VREG_CR8) { /* VTL0's is the machine's, even under masking: V_TPR is a copy for the run */
        return holds_interrupts(vtl) ? svm_vmcb(cpu, vtl)->virtual_interrupt & VINTR_TPR : apic_read(APIC_TPR) >> 4;
    }
    return reg == VREG_EFER ? *register_slot(cpu, vtl, reg) & ~EFER_SVME : *register_slot(cpu, vtl, reg);
}

void svm_set(struct cpu *cpu, enum vtl vtl, enum vreg reg, uint64_t value)
{
    if (reg == VREG_CR8) {
        svm_vmcb(cpu, vtl)->virtual_interrupt = (svm_vmcb(cpu, vtl)->virtual_interrupt & ~VINTR_TPR) | (value & VINTR_TPR);
        return;
    }
    if (reg == VREG_RIP) {
        svm_vmcb(cpu, vtl)->interrupt_state &= ~VMCB_INTERRUPT_SHADOW; /* it lasts for one instruction, which is behind us */
    }
    *register_slot(cpu, vtl, reg) = reg == VREG_EFER ? value | EFER_SVME : value;
}

/* The VMCB stores descriptor bits 55:52 next to 47:40; the TLFS leaves the gap of the descriptor between them. */
static uint16_t attributes_to_vmcb(uint16_t tlfs)
{
    return (uint16_t)((tlfs & 0xFF) | (tlfs >> 4 & 0xF00));
}

static uint16_t attributes_from_vmcb(uint16_t vmcb)
{
    return (uint16_t)((vmcb & 0xFF) | (vmcb & 0xF00) << 4);
}

static struct vmcb_segment *segment_slot(const struct cpu *cpu, enum vtl vtl, enum vsegment segment)
{
    struct vmcb *vmcb = svm_vmcb(cpu, vtl);
    struct vmcb_segment *slots[VSEG_COUNT] = {
        [VSEG_ES] = &vmcb->es, [VSEG_CS] = &vmcb->cs, [VSEG_SS] = &vmcb->ss, [VSEG_DS] = &vmcb->ds,
        [VSEG_FS] = &vmcb->fs, [VSEG_GS] = &vmcb->gs, [VSEG_LDTR] = &vmcb->ldtr, [VSEG_TR] = &vmcb->tr,
        [VSEG_IDTR] = &vmcb->idtr, [VSEG_GDTR] = &vmcb->gdtr,
    };

    return slots[segment];
}

void svm_get_segment(const struct cpu *cpu, enum vtl vtl, enum vsegment segment, struct hv_x64_segment_register *out)
{
    const struct vmcb_segment *from = segment_slot(cpu, vtl, segment);

    *out = (struct hv_x64_segment_register){
        .base = from->base,
        .limit = from->limit,
        .selector = from->selector,
        .attributes = attributes_from_vmcb(from->attributes),
    };
}

static void load_segment(struct vmcb_segment *to, const struct hv_x64_segment_register *from)
{
    *to = (struct vmcb_segment){
        .selector = from->selector,
        .attributes = attributes_to_vmcb(from->attributes),
        .limit = from->limit,
        .base = from->base,
    };
}

void svm_set_segment(struct cpu *cpu, enum vtl vtl, enum vsegment segment, const struct hv_x64_segment_register *value)
{
    load_segment(segment_slot(cpu, vtl, segment), value);
}

static void load_table(struct vmcb_segment *to, const struct hv_x64_table_register *from)
{
    *to = (struct vmcb_segment){ .limit = from->limit, .base = from->base };
}

void svm_load_context(struct vmcb *vmcb, const struct hv_initial_vp_context *context)
{
    load_segment(&vmcb->cs, &context->cs);
    load_segment(&vmcb->ds, &context->ds);
    load_segment(&vmcb->es, &context->es);
    load_segment(&vmcb->fs, &context->fs);
    load_segment(&vmcb->gs, &context->gs);
    load_segment(&vmcb->ss, &context->ss);
    load_segment(&vmcb->tr, &context->tr);
    load_segment(&vmcb->ldtr, &context->ldtr);
    load_table(&vmcb->gdtr, &context->gdtr);
    load_table(&vmcb->idtr, &context->idtr);
    vmcb->cpl = (uint8_t)(context->ss.attributes >> 5 & 3);
    vmcb->efer = context->efer | EFER_SVME;
    vmcb->cr0 = context->cr0;
    vmcb->cr3 = context->cr3;
    vmcb->cr4 = context->cr4;
    vmcb->rip = context->rip;
    vmcb->rsp = context->rsp;
    vmcb->rflags = context->rflags | RFLAGS_FIXED;
    vmcb->pat = context->msr_cr_pat;
    vmcb->dr6 = 0xFFFF0FF0;
    vmcb->dr7 = 0x400;
}
