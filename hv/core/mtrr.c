#include <hv/mtrr.h>

#include <hv/x86.h>

#define FIXED_COUNT (sizeof(fixed) / sizeof(fixed[0]))

/* In the order of struct mtrr_shadow (APM vol. 2, "Fixed-Range MTRRs"). */
static const uint16_t fixed[11] = { 0x250, 0x258, 0x259, 0x268, 0x269, 0x26A, 0x26B, 0x26C, 0x26D, 0x26E, 0x26F };

void mtrr_adopt(struct cpu *cpu)
{
    unsigned variable = 2 * (rdmsr(MSR_MTRRCAP) & 0xFF);

    cpu->mtrr.def_type = rdmsr(MSR_MTRR_DEF_TYPE);
    for (unsigned i = 0; i < FIXED_COUNT; i++) {
        cpu->mtrr.fixed[i] = rdmsr(fixed[i]);
    }
    for (unsigned i = 0; i < variable && i < 20; i++) {
        cpu->mtrr.variable[i] = rdmsr(MSR_MTRR_PHYS_BASE0 + i);
    }
}

uint64_t *mtrr_slot(struct cpu *cpu, uint32_t msr)
{
    if (msr == MSR_MTRR_DEF_TYPE) {
        return &cpu->mtrr.def_type;
    }
    if (msr >= MSR_MTRR_PHYS_BASE0 && msr <= MSR_MTRR_PHYS_LAST) {
        return &cpu->mtrr.variable[msr - MSR_MTRR_PHYS_BASE0];
    }
    for (unsigned i = 0; i < FIXED_COUNT; i++) {
        if (fixed[i] == msr) {
            return &cpu->mtrr.fixed[i];
        }
    }
    return NULL;
}
