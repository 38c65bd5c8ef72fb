/* Guarded pages of the I/O APIC and the HPET (hv/guarded.h): filters for 32- and 64-bit stores of VTL0. */
#pragma once

#include <hv/cpu.h>

/* Where every PC has them; both are fixed by the chipset, and its registers that could move them are guarded too. */
#define IOAPIC_ADDRESS UINT64_C(0xFEC00000)
#define HPET_ADDRESS   UINT64_C(0xFED00000)

/* False: a form of access the device does not have. */
bool ioapic_write(struct cpu *cpu, uint32_t offset, uint8_t size, uint64_t value);
bool hpet_write(struct cpu *cpu, uint32_t offset, uint8_t size, uint64_t value);
