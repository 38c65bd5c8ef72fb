#include "attack_rows.h"

ATTACK("chipset-lpc-bridge",
    PCI("pci-rcba", 0x1F, 0, 0xF0, 0x00100000),
    PCI("pci-pmbase", 0x1F, 0, 0x40, 0x00000080),
);
