/* The registers that the VTLs of a processor share, under their TLFS names (vsm-abi.md 3.7). On that processor. */
#pragma once

#include <hv/cpu.h>

/* False: no such register, here or at all. */
bool shared_register_get(const struct cpu *cpu, uint32_t name, uint64_t *value);

/* INVALID_PARAMETER: no such register, or it is not to be set; INVALID_REGISTER_VALUE: not this value. */
uint16_t shared_register_set(uint32_t name, uint64_t value);

/* Whether shared_register_set knows the name. */
bool shared_register_settable(uint32_t name);
