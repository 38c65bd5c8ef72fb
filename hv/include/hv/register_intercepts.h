/*
 * Secure register intercepts (vsm-abi.md 5.4; TLFS, "Secure Intercepts"): what
 * VTL1 of a processor wants to be told of before its VTL0 does it. The state is
 * VTL1's and begins empty when VTL1 is enabled on the processor.
 */
#pragma once

#include <hv/cpu.h>

#include <abi/tlfs.h>

/* The intercepts of MSRs that VTLs else use without an exit. */
#define CLOSED_MSR_WRITES                                                                                                \
    (HV_CR_INTERCEPT_LSTAR_WRITE | HV_CR_INTERCEPT_STAR_WRITE | HV_CR_INTERCEPT_CSTAR_WRITE | HV_CR_INTERCEPT_SFMASK_WRITE \
     | HV_CR_INTERCEPT_SYSENTER_CS_WRITE | HV_CR_INTERCEPT_SYSENTER_EIP_WRITE | HV_CR_INTERCEPT_SYSENTER_ESP_WRITE)
#define CLOSED_MSR_READS (HV_CR_INTERCEPT_LSTAR_READ | HV_CR_INTERCEPT_STAR_READ | HV_CR_INTERCEPT_CSTAR_READ)

/* The back ends' permission maps of MSRs, one for what these need. Whatever exits too much is done as the processor would. */
enum msr_map { MSRS_OPEN, MSR_WRITES_CLOSED, MSRS_CLOSED, MSR_MAPS };

static inline enum msr_map msr_map_of(uint64_t control)
{
    if ((control & CLOSED_MSR_READS) != 0) {
        return MSRS_CLOSED;
    }
    return (control & CLOSED_MSR_WRITES) != 0 ? MSR_WRITES_CLOSED : MSRS_OPEN;
}

#define TABLE_INTERCEPTS \
    (HV_CR_INTERCEPT_GDTR_WRITE | HV_CR_INTERCEPT_IDTR_WRITE | HV_CR_INTERCEPT_LDTR_WRITE | HV_CR_INTERCEPT_TR_WRITE)

/* What is in force for VTL0 now: a mask is empty where its control bit is clear. For back ends, before each entry of VTL0. */
union register_intercepts intercepts_in_force(const struct cpu *cpu);

/* Whether the name is one of HvX64RegisterCrIntercept*. */
bool intercepts_have(uint32_t name);

/* VTL1's own register. get and set know the names that intercepts_have does. False: bits that do not exist or cannot work here. */
uint64_t intercepts_get(const struct cpu *cpu, uint32_t name);
bool intercepts_set(struct cpu *cpu, uint32_t name, uint64_t value);

/* The active VTL writes an MSR. True: that is VTL1's to decide, which has been asked; only of what the write could do. */
bool intercept_msr_write(struct cpu *cpu, uint32_t msr, uint64_t value, unsigned length);

/* The same of a read. */
bool intercept_msr_read(struct cpu *cpu, uint32_t msr, unsigned length);
