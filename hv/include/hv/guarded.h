/*
 * The platform guard's table (F12): MMIO pages that VTL0 may read and whose
 * writes are decoded and filtered; the local APIC's reads too, once its timer
 * is shared. Ports have their own table in
 * hv/core/ports.c, MSRs in hv/core/msr.c, PCI configuration in hv/core/pci.c.
 */
#pragma once

#include <hv/cpu.h>

/* Takes W away from the guarded pages in VTL0's table. Once, at launch. */
void guarded_init(void);

/* Whether the page is guarded; if so the access that exited is decoded, filtered and completed. */
bool guarded_access(struct cpu *cpu, gpa_t address);

/* Whether any of it is guarded: nothing else may map it. */
bool guarded_overlaps(gpa_t base, uint64_t size);

/* From now on VTL0's reads of the local APIC page exit, on every processor: the timer there is not VTL0's. */
void guarded_hide_apic(struct cpu *cpu);
