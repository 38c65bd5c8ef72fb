/* System calls of a trustlet whose registers and flags are hostile: what the kernel runs with is its own. */
#include "attack_trustlet.h"

#define KILLED_BY_DB KILLED_BY(1)
#define NO_ADDRESS   UINT64_C(0x0000900000002000)
#define KERNEL       UINT64_C(0xFFFF900000002000)
#define FLAG_DF      UINT64_C(0x400)
#define FLAG_NT      UINT64_C(0x4000)
#define FLAG_AC      UINT64_C(0x40000)
#define FLAG_ID      UINT64_C(0x200000)

ATTACK("trustlet-syscall-registers",
    TRUSTLET_CONTROL("trustlet-syscall", "syscall-ordinary", 0),
    TRUSTLET_REFUSED("trustlet-syscall-stack-in-kernel", "syscall-stack", KERNEL),
    TRUSTLET_REFUSED("trustlet-syscall-stack-nowhere", "syscall-stack", NO_ADDRESS),
    TRUSTLET_REFUSED("trustlet-syscall-stack-null", "syscall-stack", 0),
    TRUSTLET_REFUSED("trustlet-syscall-stack-odd", "syscall-stack", UINT64_MAX),
    TRUSTLET_REFUSED("trustlet-syscall-direction", "syscall-flags", FLAG_DF),
    TRUSTLET_REFUSED("trustlet-syscall-nested-task", "syscall-flags", FLAG_NT),
    TRUSTLET_REFUSED("trustlet-syscall-alignment", "syscall-flags", FLAG_AC),
    TRUSTLET_REFUSED("trustlet-syscall-identification", "syscall-flags", FLAG_ID),
    TRUSTLET_REFUSED("trustlet-syscall-all-kernel", "syscall-others", KERNEL),
    TRUSTLET_REFUSED("trustlet-syscall-all-nowhere", "syscall-others", NO_ADDRESS),
    TRUSTLET_REFUSED("trustlet-syscall-all-ones", "syscall-others", UINT64_MAX),
    { .id = "trustlet-syscall-step", .run = attack_trustlet, .target = TARGET_TRUSTLET, .access = ACCESS_TRUSTLET,
      .trustlet = "syscall-step", .killed_by = KILLED_BY_DB, .expected = EXPECT_KILLED | EXPECT_REFUSED },
);
