/*
 * Clients are loose: limits of 0, a null SS, no PAT, a task that is not busy.
 * What has one meaning is put right here; what a processor would refuse at
 * entry is refused here, so that no context ever makes an entry fail (SDM vol.
 * 3C, "Checks on the Guest State Area"; APM vol. 2, "Canonicalization and
 * Consistency Checks"). A VTL starts in ring 0, of 64-bit mode or of protected
 * mode without long mode, where paging may be off, with 32-bit entries or PAE.
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

static bool is_long(const struct hv_initial_vp_context *c) { return (c->efer & EFER_LMA) != 0; }

static bool code_fits(struct hv_x64_segment_register *cs, bool long_mode)
{
    unsigned wanted = TYPE_CODE | SEGMENT_S | SEGMENT_P | (long_mode ? SEGMENT_L : 0);

    tidy(cs);
    if (long_mode) {
        cs->attributes &= (uint16_t)~BIG; /* means nothing beside L, which excludes it */
    }
    return (cs->attributes & (TYPE_CODE | SEGMENT_S | DPL | SEGMENT_P | SEGMENT_L)) == wanted && cs->base <= UINT32_MAX;
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

/* Their bases have 32 bits in every mode. */
static bool flat_fits(struct hv_x64_segment_register *segment)
{
    return data_fits(segment) && segment->base <= UINT32_MAX;
}

/* What long mode has 64 bits for. */
static bool address_fits(uint64_t address, bool long_mode)
{
    return long_mode ? rule_canonical(address) : address <= UINT32_MAX;
}

static bool system_fits(struct hv_x64_segment_register *segment, unsigned type, bool long_mode)
{
    tidy(segment);
    return address_fits(segment->base, long_mode) && (segment->attributes == 0
        || ((segment->attributes & (SEGMENT_TYPE | SEGMENT_S)) == type && (segment->selector & SELECTOR_TI) == 0));
}

static bool segments_fit(struct hv_initial_vp_context *c)
{
    bool wide = is_long(c);

    c->tr.attributes |= TYPE_BUSY;
    return code_fits(&c->cs, wide) && stack_fits(&c->ss) && flat_fits(&c->ss) && flat_fits(&c->ds) && flat_fits(&c->es)
        && data_fits(&c->fs) && data_fits(&c->gs) && address_fits(c->fs.base, wide) && address_fits(c->gs.base, wide)
        && system_fits(&c->tr, TYPE_TSS_BUSY, wide) && system_fits(&c->ldtr, TYPE_LDT, wide)
        && address_fits(c->gdtr.base, wide) && address_fits(c->idtr.base, wide);
}

/* Outside of long mode paging may be off, PCIDE may not be on, and CR3 has 32 bits. What CR3 leads to is the guest's. */
static bool paging_fits(const struct hv_initial_vp_context *c)
{
    if (is_long(c)) {
        return (c->cr0 & CR0_PG) != 0 && (c->efer & EFER_LME) != 0 && (c->cr4 & CR4_PAE) != 0
            && c->cr3 >> (cpuid(0x80000008, 0).eax & 0xFF) == 0;
    }
    return (c->cr4 & CR4_PCIDE) == 0 && c->cr3 <= UINT32_MAX;
}

static bool controls_fit(const struct hv_initial_vp_context *c)
{
    return (c->cr0 & CR0_PE) != 0 && c->cr0 <= UINT32_MAX && (c->cr0 & (CR0_NW | CR0_CD)) != CR0_NW
        && (c->efer & ~rule_efer_bits()) == 0 && (c->cr4 & ~cr4_bits()) == 0 && rule_pat(c->msr_cr_pat) && paging_fits(c);
}

bool vp_context_prepare(struct hv_initial_vp_context *context)
{
    context->rflags = (context->rflags & RFLAGS_KNOWN) | RFLAGS_FIXED;
    context->cr0 |= CR0_ET;
    if ((context->efer & EFER_LME) != 0 && (context->cr0 & CR0_PG) != 0) {
        context->efer |= EFER_LMA; /* as the processor does */
    }
    return segments_fit(context) && controls_fit(context) && address_fits(context->rip, is_long(context))
        && address_fits(context->rsp, is_long(context));
}
