#include "attack_rows.h"

ATTACK("chipset-host-bridge",
    PCI("pci-pciexbar", 0, 0, 0x60, 0x10000000),
    PCI("pci-pam", 0, 0, 0x90, 0x00110000),
    PCI("pci-tolud", 0, 0, 0xB0, 0x00100000),
);
