/* HV_X64_MSR_GUEST_IDLE (TLFS, "Virtual Processor Idle Sleep State"). */
#pragma once

#include <hv/cpu.h>

/* Behind the read: VTL0 waits as in HLT. VTL1 does not: it leaves the processor to VTL0 by returning. */
void guest_idle(struct cpu *cpu);
