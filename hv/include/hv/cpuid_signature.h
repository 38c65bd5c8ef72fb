/* EDX after INIT: family, model and stepping (APM vol. 2, "Processor Initialization State"). */
#pragma once

#include <hv/x86.h>

static inline uint32_t processor_signature(void)
{
    return cpuid(1, 0).eax;
}
