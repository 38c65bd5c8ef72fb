#include <hv/register_rules.h>

#include <hv/mutant.h>
#include <hv/vendor.h>
#include <hv/x86.h>

/* What a guest may change in EFER; LMA follows LME and CR0.PG, SVME is hidden. FFXSR only some processors have. */
#define EFER_GUEST  (EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE)
#define EFER_FFXSR  UINT64_C(0x4000)
#define EDX81_FFXSR (1u << 25)

/* These make another mode of paging or of shadow stacks: only VTL0 itself changes them. */
#define CR4_MODE (CR4_PAE | CR4_LA57 | CR4_PCIDE | CR4_CET)

bool rule_canonical(uint64_t address)
{
    return (uint64_t)((int64_t)(address << 16) >> 16) == address;
}

/* APM vol. 2, "Page-Attribute Table Mechanism": types 2 and 3 and above 7 are reserved. */
bool rule_pat(uint64_t value)
{
    for (unsigned i = 0; i < 64; i += 8) {
        uint8_t type = (uint8_t)(value >> i);

        if ((type > 7 || type == 2 || type == 3) && !mutant_is(MUTANT_PAT_UNCHECKED)) {
            return false;
        }
    }
    return true;
}

bool in_64_bit_code(const struct cpu *cpu, enum vtl vtl)
{
    struct hv_x64_segment_register cs;

    vendor->get_segment(cpu, vtl, VSEG_CS, &cs);
    return (vendor->get(cpu, vtl, VREG_EFER) & EFER_LMA) != 0 && (cs.attributes & SEGMENT_L) != 0;
}

/* Paging on or off: long mode needs PAE and no 64-bit code segment to begin in, and is not left from 64-bit code. */
static bool may_change_paging(const struct cpu *cpu, enum vtl vtl, bool on)
{
    uint64_t cr4 = vendor->get(cpu, vtl, VREG_CR4);
    struct hv_x64_segment_register cs;

    if (!on) {
        return !in_64_bit_code(cpu, vtl) && (cr4 & CR4_PCIDE) == 0;
    }
    vendor->get_segment(cpu, vtl, VSEG_CS, &cs);
    return (vendor->get(cpu, vtl, VREG_EFER) & EFER_LME) == 0 || ((cr4 & CR4_PAE) != 0 && (cs.attributes & SEGMENT_L) == 0);
}

bool rule_load_cr0(const struct cpu *cpu, enum vtl vtl, uint64_t *value)
{
    uint64_t new = (*value & CR0_DEFINED) | CR0_ET, changed = new ^ vendor->get(cpu, vtl, VREG_CR0);
    bool good = *value <= UINT32_MAX && (new & (CR0_NW | CR0_CD)) != CR0_NW && (new & (CR0_PG | CR0_PE)) != CR0_PG
        && ((new & CR0_WP) != 0 || (vendor->get(cpu, vtl, VREG_CR4) & CR4_CET) == 0);

    *value = new;
    return good && ((changed & CR0_PG) == 0 || may_change_paging(cpu, vtl, (new & CR0_PG) != 0));
}

bool rule_cr0(const struct cpu *cpu, enum vtl vtl, uint64_t *value)
{
    return rule_load_cr0(cpu, vtl, value) && ((*value ^ vendor->get(cpu, vtl, VREG_CR0)) & (CR0_PE | CR0_PG)) == 0;
}

/* Where CPUID says that a bit of CR4 exists: leaf 1 ECX and EDX, leaf 7 EBX and ECX. */
static uint64_t cr4_defined(void)
{
    enum { C1, D1, B7, C7 };
    static const struct { uint8_t cr4_bit, from, bit; } features[] = {
        { 0, D1, 1 }, { 1, D1, 1 }, { 2, D1, 4 }, { 3, D1, 2 }, { 4, D1, 3 }, { 5, D1, 6 }, { 6, D1, 7 }, { 7, D1, 13 },
        { 9, D1, 24 }, { 10, D1, 25 }, { 11, C7, 2 }, { 12, C7, 16 }, { 16, B7, 0 }, { 17, C1, 17 }, { 18, C1, 26 },
        { 20, B7, 7 }, { 21, B7, 20 }, { 22, C7, 3 }, { 23, C7, 7 }, { 24, C7, 31 },
    };
    struct cpuid_result basic = cpuid(1, 0), extended = cpuid(7, 0);
    const uint32_t words[] = { [C1] = basic.ecx, [D1] = basic.edx, [B7] = extended.ebx, [C7] = extended.ecx };
    uint64_t defined = CR4_PCE;

    for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
        defined |= (uint64_t)(words[features[i].from] >> features[i].bit & 1) << features[i].cr4_bit;
    }
    return defined;
}

bool rule_load_cr4(const struct cpu *cpu, enum vtl vtl, uint64_t value)
{
    uint64_t changed = value ^ vendor->get(cpu, vtl, VREG_CR4);
    bool long_mode = (vendor->get(cpu, vtl, VREG_EFER) & EFER_LMA) != 0;

    if ((value & ~cr4_defined()) != 0 || (long_mode && (changed & (CR4_PAE | CR4_LA57)) != 0)) {
        return false;
    }
    if ((value & changed & CR4_PCIDE) != 0 && (!long_mode || (vendor->get(cpu, vtl, VREG_CR3) & 0xFFF) != 0)) {
        return false;
    }
    return (value & CR4_CET) == 0 || (vendor->get(cpu, vtl, VREG_CR0) & CR0_WP) != 0;
}

bool rule_cr4(const struct cpu *cpu, enum vtl vtl, uint64_t value)
{
    return rule_load_cr4(cpu, vtl, value) && ((value ^ vendor->get(cpu, vtl, VREG_CR4)) & CR4_MODE) == 0;
}

/* CPUID Fn8000_0008_EAX 7:0 is the address width. PAE's page directory pointers, which VMX keeps aside, stay VTL0's to load. */
bool rule_cr3(const struct cpu *cpu, enum vtl vtl, uint64_t value)
{
    if ((vendor->get(cpu, vtl, VREG_EFER) & EFER_LMA) != 0) {
        return value >> (cpuid(0x80000008, 0).eax & 0xFF) == 0;
    }
    return value <= UINT32_MAX && (vendor->get(cpu, vtl, VREG_CR4) & CR4_PAE) == 0;
}

static bool all_or_none(uint64_t value, uint64_t bits)
{
    return (value & bits) == 0 || (value & bits) == bits;
}

/* SDM vol. 1, "Enabling the XSAVE Feature Set and XSAVE-Enabled Features". */
bool rule_xcr0(uint64_t value)
{
    struct cpuid_result leaf = cpuid(0xD, 0);
    uint64_t supported = (uint64_t)leaf.edx << 32 | leaf.eax;

    bool good = (value & ~supported) == 0 && (value & XCR0_X87) != 0 && ((value & XCR0_AVX) == 0 || (value & XCR0_SSE) != 0)
        && all_or_none(value, XCR0_MPX) && all_or_none(value, XCR0_AVX512) && all_or_none(value, XCR0_AMX)
        && ((value & XCR0_AVX512) == 0 || (value & XCR0_AVX) != 0);

    return good || mutant_is(MUTANT_XCR0_UNCHECKED);
}

/* SDM vol. 3C, "Checks on Guest Segment Registers": a busy TSS of the mode; an LDT or none. */
bool rule_segment(const struct cpu *cpu, enum vtl vtl, enum vsegment segment, const struct hv_x64_segment_register *value)
{
    bool long_mode = (vendor->get(cpu, vtl, VREG_EFER) & EFER_LMA) != 0;
    unsigned type = value->attributes & (SEGMENT_P | SEGMENT_S | SEGMENT_TYPE);

    if (!rule_canonical(value->base) || (value->selector & SELECTOR_TI) != 0) {
        return false;
    }
    switch (segment) {
    case VSEG_TR: return type == (SEGMENT_P | TYPE_TSS_BUSY) || (type == (SEGMENT_P | TYPE_TSS16_BUSY) && !long_mode);
    case VSEG_LDTR: return value->attributes == 0 || type == (SEGMENT_P | TYPE_LDT);
    default: return value->limit <= UINT16_MAX;
    }
}

uint64_t rule_efer_bits(void)
{
    return EFER_GUEST | ((cpuid(0x80000001, 0).edx & EDX81_FFXSR) != 0 ? EFER_FFXSR : 0);
}

/* APM vol. 2, "Extended Feature Enable Register": LME may not change while paging is on. */
bool rule_efer(const struct cpu *cpu, enum vtl vtl, uint64_t *value)
{
    uint64_t old = vendor->get(cpu, vtl, VREG_EFER);

    if ((*value & ~rule_efer_bits()) != 0 && !mutant_is(MUTANT_SVME_OPEN)) {
        return false;
    }
    if (((old ^ *value) & EFER_LME) != 0 && (vendor->get(cpu, vtl, VREG_CR0) & CR0_PG) != 0) {
        return false;
    }
    *value = (*value & ~EFER_LMA) | (old & EFER_LMA);
    return true;
}
