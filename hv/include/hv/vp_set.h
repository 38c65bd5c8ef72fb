/* HV_VP_SET (TLFS): the processors that a call is about, as a mask of VP indexes. */
#pragma once

#include <hv/hypercall_parameters.h>

/* All processors of the partition. */
uint64_t vp_set_all(void);

/*
 * The set in the fixed part of the call's input, whose banks follow that part:
 * one a bit of valid_banks, whatever the size of the variable header says.
 * Processors that do not exist are left out. Status: INVALID_PARAMETER when
 * the format is unknown or the set names nobody.
 */
uint16_t vp_set_read(struct cpu *cpu, const struct call *call, const struct hv_vp_set *set, uint64_t *processors);
