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

#define ATTR_TYPE       0x000Fu
#define ATTR_ACCESSED   0x0001u
#define ATTR_READABLE   0x0002u /* of code */
#define ATTR_WRITABLE   0x0002u /* of data */
#define ATTR_BUSY       0x0002u /* of a task */
#define ATTR_CODE       0x0008u
#define ATTR_LDT        0x0002u
#define ATTR_TASK       0x000Bu
#define ATTR_NOT_SYSTEM 0x0010u
#define ATTR_DPL        0x0060u
#define ATTR_PRESENT    0x0080u
#define ATTR_LONG       0x2000u
#define ATTR_BIG        0x4000u
#define ATTR_KNOWN      0xF0FFu

#define SELECTOR_LOCAL 4u

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
    segment->attributes &= ATTR_KNOWN;
    if ((segment->attributes & ATTR_PRESENT) == 0) {
        segment->attributes = 0;
    } else if ((segment->attributes & ATTR_NOT_SYSTEM) != 0) {
        segment->attributes |= ATTR_ACCESSED;
    }
}

static bool code_fits(struct hv_x64_segment_register *cs)
{
    const uint16_t needed = ATTR_CODE | ATTR_NOT_SYSTEM | ATTR_PRESENT | ATTR_LONG;

    tidy(cs);
    cs->attributes &= (uint16_t)~ATTR_BIG; /* means nothing beside L, which excludes it */
    return (cs->attributes & (needed | ATTR_DPL)) == needed && cs->base <= UINT32_MAX;
}

static bool data_fits(struct hv_x64_segment_register *segment)
{
    tidy(segment);
    return segment->attributes == 0
        || ((segment->attributes & ATTR_NOT_SYSTEM) != 0 && (segment->attributes & (ATTR_CODE | ATTR_READABLE)) != ATTR_CODE);
}

static bool stack_fits(struct hv_x64_segment_register *ss)
{
    return data_fits(ss) && (ss->attributes & (ATTR_CODE | ATTR_DPL)) == 0
        && (ss->attributes == 0 || (ss->attributes & ATTR_WRITABLE) != 0);
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
        || ((segment->attributes & (ATTR_TYPE | ATTR_NOT_SYSTEM)) == type && (segment->selector & SELECTOR_LOCAL) == 0));
}

static bool segments_fit(struct hv_initial_vp_context *c)
{
    c->tr.attributes |= ATTR_BUSY;
    return code_fits(&c->cs) && stack_fits(&c->ss) && flat_fits(&c->ss) && flat_fits(&c->ds) && flat_fits(&c->es)
        && data_fits(&c->fs) && data_fits(&c->gs) && rule_canonical(c->fs.base) && rule_canonical(c->gs.base)
        && system_fits(&c->tr, ATTR_TASK) && system_fits(&c->ldtr, ATTR_LDT)
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
