/*
 * The platform guard's table (F12): MMIO pages that VTL0 may read and whose
 * writes are decoded and filtered; the local APIC's reads too, once its timer
 * is shared. Ports have their own table in
 * hv/core/ports.c, MSRs in hv/core/msr.c.
 */
#pragma once

#include <hv/cpu.h>

/* Takes W away from the guarded pages in VTL0's table. Once, at launch. */
void guarded_init(void);

/* Whether the page is guarded; if so the access that exited is decoded, filtered and completed. */
bool guarded_access(struct cpu *cpu, gpa_t address);

/* From now on VTL0's reads of the local APIC page exit, on every processor: the timer there is not VTL0's. */
void guarded_hide_apic(struct cpu *cpu);

/* PCI configuration filter, used by the ports and by ECAM. register_offset is 0..4095. True: the write may reach the device. */
bool pci_write_allowed(unsigned bus, unsigned device, unsigned function, unsigned register_offset);
