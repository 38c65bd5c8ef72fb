/*
 * The MTRRs. VTL0 has shadows of its own, taken from the firmware at launch;
 * the machine's stay as the firmware left them, and where the second-level
 * tables replace them (EPT) they say what the leaves must.
 */
#pragma once

#include <hv/cpu.h>
#include <hv/slat.h>

/* This processor's registers. At launch, before VTL0 runs. */
void mtrr_read(struct mtrr_shadow *to);

/* The shadow of an MTRR, or NULL where the number names none. */
uint64_t *mtrr_slot(struct cpu *cpu, uint32_t msr);

/* The memory type of the page. */
enum slat_memory mtrr_type(const struct mtrr_shadow *mtrr, uint64_t page);

/* Where behind base, at most at end, the type may change: everything before it has the type of base. */
uint64_t mtrr_run(const struct mtrr_shadow *mtrr, uint64_t base, uint64_t end);
