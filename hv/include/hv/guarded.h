/*
 * The platform guard's table (F12): MMIO pages that VTL0 may read and whose
 * writes are decoded and filtered. Ports have their own table in
 * hv/core/ports.c, MSRs in hv/core/msr.c.
 */
#pragma once

#include <hv/cpu.h>

/* Takes W away from the guarded pages in VTL0's table. Once, at launch. */
void guarded_init(void);

/* Whether the page is guarded; if so the write that exited is decoded, filtered and completed. */
bool guarded_write(struct cpu *cpu, gpa_t address);

/* PCI configuration filter, used by the ports and by ECAM. register_offset is 0..4095. True: the write may reach the device. */
bool pci_write_allowed(unsigned bus, unsigned device, unsigned function, unsigned register_offset);
