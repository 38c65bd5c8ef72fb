/*
 * Register intercepts (APM vol. 2, "Intercept Operation"): MOV, LMSW and CLTS to CR0 and
 * CR4 exit whatever they change; the others are as VTL1 asked.
 */
#include "svm.h"

#define TABLE_WRITES (INTERCEPT_IDTR_WRITE | INTERCEPT_GDTR_WRITE | INTERCEPT_LDTR_WRITE | INTERCEPT_TR_WRITE)

/* XSETBV's intercept is not among QEMU's (docs/back-ends.md), and nothing tells whether a processor has it. */
uint32_t svm_interceptable(void)
{
    return TABLE_INTERCEPTS;
}

void svm_apply_intercepts(const struct cpu *cpu, struct vmcb *vmcb)
{
    union register_intercepts now = intercepts_in_force(cpu);
    uint32_t tables = ((now.control & HV_CR_INTERCEPT_GDTR_WRITE) != 0 ? INTERCEPT_GDTR_WRITE : 0)
        | ((now.control & HV_CR_INTERCEPT_IDTR_WRITE) != 0 ? INTERCEPT_IDTR_WRITE : 0)
        | ((now.control & HV_CR_INTERCEPT_LDTR_WRITE) != 0 ? INTERCEPT_LDTR_WRITE : 0)
        | ((now.control & HV_CR_INTERCEPT_TR_WRITE) != 0 ? INTERCEPT_TR_WRITE : 0);

    vmcb->intercepts1 = (vmcb->intercepts1 & ~(uint32_t)TABLE_WRITES) | tables;
    vmcb->cr_write = (uint16_t)((vmcb->cr_write & INTERCEPT_CR8) | (now.cr0_mask != 0 ? 1u << 0 : 0) | (now.cr4_mask != 0 ? 1u << 4 : 0));
    vmcb->msrpm_base = svm_msr_map(msr_map_of(now.control)).value;
}
