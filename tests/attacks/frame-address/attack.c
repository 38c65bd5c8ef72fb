#include "attack_rows.h"

ATTACK("frame-address",
    CONTROL_FRAME("frame-address-control"),
    FRAME("frame-in-vtl1", attack_frame_address, PLACE_VTL1_FIRST, 0),
    FRAME("frame-in-vtl1-last", attack_frame_address, PLACE_VTL1_LAST, 0),
    FRAME("frame-in-hypervisor", attack_frame_address, PLACE_HYPERVISOR_FIRST, 0),
    FRAME("frame-in-hole", attack_frame_address, PLACE_HOLE, 0),
    FRAME("frame-unaligned", attack_frame_address, PLACE_CONTROL, 1),
    FRAME("frame-in-apic", attack_frame_address, PLACE_CONTROL, 2),
    FRAME("frame-all-ones", attack_frame_address, PLACE_CONTROL, 3),
);
