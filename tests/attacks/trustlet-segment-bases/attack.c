/* Segment bases and the kernel's selectors by a trustlet. */
#include "attack_trustlet.h"

#define USER_DATA   0x23u /* sk/cpu_offsets.h: ring 3's own */
#define KERNEL_DATA 0x10u
#define TASK        0x30u
#define BEHIND_GDT  0x40u

ATTACK("trustlet-segment-bases",
    TRUSTLET_CONTROL("trustlet-loads-own-data-segment", "bases-load-gs", USER_DATA),
    TRUSTLET_KILLED("trustlet-rdgsbase", "bases-rdgsbase", 0, KILLED_BY_UD),
    TRUSTLET_KILLED("trustlet-wrgsbase", "bases-wrgsbase", 0x5000, KILLED_BY_UD),
    TRUSTLET_KILLED("trustlet-rdfsbase", "bases-rdfsbase", 0, KILLED_BY_UD),
    TRUSTLET_KILLED("trustlet-loads-kernel-data-segment", "bases-load-gs", KERNEL_DATA, KILLED_BY_GP),
    TRUSTLET_KILLED("trustlet-loads-task-segment", "bases-load-gs", TASK, KILLED_BY_GP),
    TRUSTLET_KILLED("trustlet-loads-segment-behind-gdt", "bases-load-gs", BEHIND_GDT, KILLED_BY_GP),
);
