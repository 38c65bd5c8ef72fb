/*
 * The platform guard over PCI configuration space (F12): what of VTL0's writes
 * reaches a device, by the ports CF8h to CFFh and by ECAM alike, and what it
 * reads by the ports.
 */
#pragma once

#include <hv/cpu.h>

/* One register of a function's configuration space, by byte. */
struct pci_register {
    unsigned bus, device, function;
    unsigned offset; /* 0 to 4095 */
};

/* A port from CF8h to CFFh, CF9h left out. */
void pci_port_write(struct cpu *cpu, uint16_t port, uint8_t size, uint32_t value);
uint32_t pci_port_read(struct cpu *cpu, uint16_t port, uint8_t size);

/* A store to ECAM. offset: from its base. False: no access of 1, 2 or 4 bytes that is aligned, which is all there is. */
bool pci_ecam_write(struct cpu *cpu, uint32_t offset, uint8_t size, uint64_t value);

/* pci_messages.c. Both want the configuration lock, and read what is in the device now. */

/* What VTL0 writes, without what it must not: the value may become another one. False: nothing of it reaches the device. */
bool pci_message_filter(struct cpu *cpu, const struct pci_register *at, uint8_t size, uint32_t *value);

/* What VTL0 reads: of a capability that is not for it, the id is 0 ("Null Capability"). */
uint32_t pci_message_hide(struct cpu *cpu, const struct pci_register *at, uint32_t value);

/* The aligned 32-bit register of that function around `offset`, from the device. */
uint32_t pci_read(struct cpu *cpu, const struct pci_register *function, unsigned offset);
