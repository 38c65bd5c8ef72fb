/* The partition reference time (TLFS, "Partition Reference Time"): the hypervisor's clock, which VTL0 cannot set. */
#pragma once

#include <stdint.h>

#include <abi/tlfs.h>

#include <sk/x86.h>

/* Units of 100 ns since this boot. Costs an exit to the hypervisor. */
static inline uint64_t reference_time(void)
{
    return rdmsr(HV_MSR_TIME_REF_COUNT);
}

/* The same, but never less than the last answer, on whatever processor that was: what trustlets are told. Under kernel_lock. */
uint64_t reference_time_forward(void);
