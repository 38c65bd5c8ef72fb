#include "attack_rows.h"

ATTACK("fw-cfg-dma",
    DMA("dma-securekernel", TARGET_SECUREKERNEL, PLACE_VTL1_FIRST),
    DMA("dma-hypervisor", TARGET_HYPERVISOR, PLACE_HYPERVISOR_FIRST),
);
