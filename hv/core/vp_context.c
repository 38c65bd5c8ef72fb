/*
 * Clients are loose: limits of 0, a null SS, no PAT, a task that is not busy.
 * What has one meaning is put right here; what a processor would refuse at
 * entry is refused here, so that no context ever makes an entry fail (SDM vol.
 * 3C, "Checks on the Guest State Area"; APM vol. 2, "Canonicalization and
 * Consistency Checks"). VTL1 starts in ring 0 of 64-bit mode.
 */
#include <hv/vp_context.h>

#include <hv/register_rules.h>
#include <hv/x86.h>

#define TYPE_ACCESSED 0x0001u
#define TYPE_READABLE 0x0002u /* of code */
#define TYPE_CODE     0x0008u
#define DPL           0x0060u
#define BIG           0x4000u
#define KNOWN         0xF0FFu

/* Reserved bits of RFLAGS are dropped, as POPF drops them, and virtual-8086 mode does not exist in long mode. */
#define RFLAGS_KNOWN UINT64_C(0x3D7FD7)

/* CR4: what every 64-bit processor has, and by CPUID. */
#define CR4_ALWAYS (UINT64_C(0x7FF) | CR4_SMEP | CR4_SMAP)
static uint64_t cr4_bits(void)
{
    uint32_t features = cpuid(1, 0).ecx;
    struct cpuid_result extended = cpuid(7, 0);

    return CR4_ALWAYS | (features >> 17 & 1) << 17 | (features >> 26 & 1) << 18 /* PCIDE, OSXSAVE */
        | (extended.ebx & 1) << 16 | (extended.ecx >> 2 & 1) << 11 | (extended.ecx >> 3 & 1) << 22; /* FSGSBASE, UMIP, PKE */
}

/* Not present is unusable, whatever else it says; what is loaded has been accessed. */
static void tidy(struct hv_x64_segment_register *segment)
{
    segment->attributes &= KNOWN;
    if ((segment->attributes & SEGMENT_P) == 0) {
        segment->attributes = 0;
    } else if ((segment->attributes & SEGMENT_S) != 0) {
        segment->attributes |= TYPE_ACCESSED;
    }
}

static bool code_fits(struct hv_x64_segment_register *cs)
{
    tidy(cs);
    cs->attributes &= (uint16_t)~BIG; /* means nothing beside L, which excludes it */
    return (cs->attributes & (TYPE_CODE | SEGMENT_S | DPL | SEGMENT_P | SEGMENT_L)) == (TYPE_CODE | SEGMENT_S | SEGMENT_P | SEGMENT_L)
        && cs->base <= UINT32_MAX;
}

static bool data_fits(struct hv_x64_segment_register *segment)
{
    tidy(segment);
    return segment->attributes == 0
        || ((segment->attributes & SEGMENT_S) != 0 && (segment->attributes & (TYPE_CODE | TYPE_READABLE)) != TYPE_CODE);
}

static bool stack_fits(struct hv_x64_segment_register *ss)
{
    return data_fits(ss) && (ss->attributes & (TYPE_CODE | DPL)) == 0 && (ss->attributes == 0 || (ss->attributes & TYPE_READABLE) != 0);
}

/* 64-bit mode takes no base from these, and an entry wants 32 bits. */
static bool flat_fits(struct hv_x64_segment_register *segment)
{
    return data_fits(segment) && segment->base <= UINT32_MAX;
}

static bool system_fits(struct hv_x64_segment_register *segment, unsigned type)
{
    tidy(segment);
    return rule_canonical(segment->base) && (segment->attributes == 0
        || ((segment->attributes & (SEGMENT_TYPE | SEGMENT_S)) == type && (segment->selector & SELECTOR_TI) == 0));
}

static bool segments_fit(struct hv_initial_vp_context *c)
{
    c->tr.attributes |= TYPE_BUSY;
    return code_fits(&c->cs) && stack_fits(&c->ss) && flat_fits(&c->ss) && flat_fits(&c->ds) && flat_fits(&c->es)
        && data_fits(&c->fs) && data_fits(&c->gs) && rule_canonical(c->fs.base) && rule_canonical(c->gs.base)
        && system_fits(&c->tr, TYPE_TSS_BUSY) && system_fits(&c->ldtr, TYPE_LDT)
        && rule_canonical(c->gdtr.base) && rule_canonical(c->idtr.base);
}

static bool controls_fit(struct hv_initial_vp_context *c)
{
    uint64_t cr0_needed = CR0_PE | CR0_PG;

    if ((c->efer & EFER_LME) != 0 && (c->cr0 & CR0_PG) != 0) {
        c->efer |= EFER_LMA; /* as the processor does */
    }
    return (c->cr0 & cr0_needed) == cr0_needed && c->cr0 <= UINT32_MAX && (c->cr0 & (CR0_NW | CR0_CD)) != CR0_NW
        && (c->efer & (EFER_LME | EFER_LMA)) == (EFER_LME | EFER_LMA) && (c->efer & ~rule_efer_bits()) == 0
        && (c->cr4 & CR4_PAE) != 0 && (c->cr4 & ~cr4_bits()) == 0
        && c->cr3 >> (cpuid(0x80000008, 0).eax & 0xFF) == 0 && rule_pat(c->msr_cr_pat);
}

bool vp_context_prepare(struct hv_initial_vp_context *context)
{
    context->rflags = (context->rflags & RFLAGS_KNOWN) | RFLAGS_FIXED;
    context->cr0 |= CR0_ET;
    return segments_fit(context) && controls_fit(context) && rule_canonical(context->rip) && rule_canonical(context->rsp);
}
