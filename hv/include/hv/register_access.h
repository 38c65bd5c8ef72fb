/*
 * Who may get and set which VP register, of which VTL, as abi/vsm.list says.
 * What the value may be is another question (register_rules.h).
 */
#pragma once

#include <hv/cpu.h>

/* HV_STATUS_*: INVALID_PARAMETER also for a name that there is not. */
uint16_t register_may_get(uint32_t name, enum vtl caller, enum vtl target);
uint16_t register_may_set(uint32_t name, enum vtl caller, enum vtl target);

/* The synthetic MSR that the register is, or 0. */
uint32_t register_msr(uint32_t name);
