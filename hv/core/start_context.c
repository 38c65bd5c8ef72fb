/*
 * The state that a VTL is started with: what the processor would refuse at
 * entry is refused here, and what one vendor refuses is refused on both (SDM
 * vol. 3C, "Checks on the Guest State Area"; APM vol. 2, "Canonicalization and
 * Consistency Checks"). An absent segment is unusable; limits are made to fit.
 */
#include <hv/register_rules.h>

#include <hv/x86.h>

#define ATTRIBUTES_RESERVED 0x0F00u
#define ATTRIBUTE_S         0x10u
#define ATTRIBUTE_P         0x80u
#define ATTRIBUTES_L_D      0x6000u
#define ATTRIBUTES_L        0x2000u
#define TYPE(s)             ((s)->attributes & 15u)
#define DPL(s)              ((s)->attributes >> 5 & 3u)

#define CR0_KNOWN    (UINT64_C(0xE005003F))
#define CR4_ALWAYS   UINT64_C(0x7FF) /* VME to OSXMMEXCPT: every 64-bit processor */
#define RFLAGS_KNOWN UINT64_C(0x3F7FD7)

static uint64_t cr4_of_processor(void)
{
    uint32_t basic = cpuid(1, 0).ecx;
    struct cpuid_result extended = cpuid(7, 0);

    return CR4_ALWAYS | ((extended.ecx >> 2 & 1) != 0 ? CR4_UMIP : 0) | ((extended.ebx & 1) != 0 ? CR4_FSGSBASE : 0)
        | ((basic >> 17 & 1) != 0 ? CR4_PCIDE : 0) | ((basic >> 26 & 1) != 0 ? CR4_OSXSAVE : 0)
        | ((extended.ebx >> 7 & 1) != 0 ? CR4_SMEP : 0) | ((extended.ebx >> 20 & 1) != 0 ? CR4_SMAP : 0)
        | ((extended.ecx >> 3 & 1) != 0 ? CR4_PKE : 0);
}

static bool is_present(const struct hv_x64_segment_register *s)
{
    return (s->attributes & ATTRIBUTE_P) != 0;
}

static bool is_kind(const struct hv_x64_segment_register *s, unsigned kind)
{
    return (s->attributes & (ATTRIBUTES_RESERVED | ATTRIBUTE_S)) == kind;
}

static bool code_segment(const struct hv_x64_segment_register *s)
{
    return is_present(s) && is_kind(s, ATTRIBUTE_S) && (TYPE(s) & 8) != 0 && DPL(s) == 0
        && (s->attributes & ATTRIBUTES_L_D) == ATTRIBUTES_L && s->base <= UINT32_MAX;
}

/* CPL is SS.DPL, also of an unusable one: ring 0. */
static bool stack_segment(const struct hv_x64_segment_register *s)
{
    return DPL(s) == 0 && (!is_present(s) || (is_kind(s, ATTRIBUTE_S) && (TYPE(s) & 10) == 2 && s->base <= UINT32_MAX));
}

static bool data_segment(const struct hv_x64_segment_register *s, bool full_base)
{
    bool base = full_base ? rule_canonical(s->base) : !is_present(s) || s->base <= UINT32_MAX;

    return base && (!is_present(s) || (is_kind(s, ATTRIBUTE_S) && (TYPE(s) & 10) != 8));
}

/* An absent task register is replaced by an empty one. */
static bool system_segment(const struct hv_x64_segment_register *s, unsigned type, unsigned busy)
{
    return !is_present(s) || (is_kind(s, 0) && (TYPE(s) | busy) == type && (s->selector & 4) == 0 && rule_canonical(s->base));
}

static bool segments(const struct hv_initial_vp_context *c)
{
    return code_segment(&c->cs) && stack_segment(&c->ss) && data_segment(&c->ds, false) && data_segment(&c->es, false)
        && data_segment(&c->fs, true) && data_segment(&c->gs, true) && system_segment(&c->tr, 11, 2)
        && system_segment(&c->ldtr, 2, 0) && rule_canonical(c->gdtr.base) && rule_canonical(c->idtr.base);
}

static bool control_registers(const struct hv_initial_vp_context *c)
{
    uint64_t cr0_needed = CR0_PE | CR0_PG;
    uint64_t efer_needed = EFER_LME | EFER_LMA;
    unsigned address_bits = cpuid(0x80000008, 0).eax & 0xFF;

    return (c->cr0 & cr0_needed) == cr0_needed && (c->cr0 & ~CR0_KNOWN) == 0 && (c->cr0 & (CR0_NW | CR0_CD)) != CR0_NW
        && (c->cr4 & CR4_PAE) != 0 && (c->cr4 & ~cr4_of_processor()) == 0
        && (c->efer & efer_needed) == efer_needed && (c->efer & ~(efer_needed | EFER_SCE | EFER_NXE)) == 0
        && c->cr3 >> address_bits == 0 && rule_pat(c->msr_cr_pat);
}

bool rule_context(const struct hv_initial_vp_context *c)
{
    return control_registers(c) && segments(c) && rule_canonical(c->rip) && rule_canonical(c->rsp)
        && (c->rflags & ~RFLAGS_KNOWN) == 0 && (c->rflags & RFLAGS_VM) == 0;
}
