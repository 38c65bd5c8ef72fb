/* Fields that several hypercalls have in their input, decoded in one place. */
#pragma once

#include <hv/cpu.h>

/* Whether reserved bytes are zero, as they must be. */
bool input_is_zero(const uint8_t *bytes, size_t size);

/* HV_VP_INDEX_SELF is the caller's processor. The caller checks the range. */
uint32_t input_vp_index(const struct cpu *cpu, uint32_t vp_index);

/* HV_INPUT_VTL (TLFS): without a target it is the caller's own VTL. False: reserved bits, or no such VTL. No right is checked. */
bool input_vtl(const struct cpu *cpu, uint8_t input, enum vtl *target);
