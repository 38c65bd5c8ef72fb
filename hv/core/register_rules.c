#include <hv/register_rules.h>

#include <hv/vendor.h>
#include <hv/x86.h>

/* What a guest may change in EFER; LMA follows LME and CR0.PG, SVME is hidden. FFXSR only some processors have. */
#define EFER_GUEST  (EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE)
#define EFER_FFXSR  UINT64_C(0x4000)
#define EDX81_FFXSR (1u << 25)

/* The bits that every processor here has, and that change nothing but checks: VME, PVI, TSD, DE, PGE, PCE, SMEP, SMAP. */
#define CR4_FREE (UINT64_C(0x18F) | CR4_SMEP | CR4_SMAP)
#define CR0_FREE (~(CR0_PE | CR0_PG | CR0_ET) & UINT32_MAX)

bool rule_canonical(uint64_t address)
{
    return (uint64_t)((int64_t)(address << 16) >> 16) == address;
}

/* APM vol. 2, "Page-Attribute Table Mechanism": types 2 and 3 and above 7 are reserved. */
bool rule_pat(uint64_t value)
{
    for (unsigned i = 0; i < 64; i += 8) {
        uint8_t type = (uint8_t)(value >> i);

        if (type > 7 || type == 2 || type == 3) {
            return false;
        }
    }
    return true;
}

bool rule_cr0(const struct cpu *cpu, enum vtl vtl, uint64_t value)
{
    uint64_t changed = value ^ vendor->get(cpu, vtl, VREG_CR0);

    return (changed & ~CR0_FREE) == 0 && (value & (CR0_NW | CR0_CD)) != CR0_NW;
}

bool rule_cr4(const struct cpu *cpu, enum vtl vtl, uint64_t value)
{
    return ((value ^ vendor->get(cpu, vtl, VREG_CR4)) & ~CR4_FREE) == 0;
}

uint64_t rule_efer_bits(void)
{
    return EFER_GUEST | ((cpuid(0x80000001, 0).edx & EDX81_FFXSR) != 0 ? EFER_FFXSR : 0);
}

/* APM vol. 2, "Extended Feature Enable Register": LME may not change while paging is on. */
bool rule_efer(const struct cpu *cpu, enum vtl vtl, uint64_t *value)
{
    uint64_t old = vendor->get(cpu, vtl, VREG_EFER);

    if ((*value & ~rule_efer_bits()) != 0) {
        return false;
    }
    if (((old ^ *value) & EFER_LME) != 0 && (vendor->get(cpu, vtl, VREG_CR0) & CR0_PG) != 0) {
        return false;
    }
    *value = (*value & ~EFER_LMA) | (old & EFER_LMA);
    return true;
}
