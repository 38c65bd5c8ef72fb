/* A trustlet's ring 3 at the secure kernel's addresses, and where VTL0 has its own memory. */
#include "attack_trustlet.h"

#include <abi/boot_block.h>

/* docs/secure-kernel.md, "Memory": the direct map's first page is the region's first one, which holds what was loaded. */
#define DIRECT_MAP VTL1_DIRECT_MAP
#define STACKS     UINT64_C(0xFFFFA00000001000)
#define WINDOWS    UINT64_C(0xFFFFA10000000000)
#define IMAGE      VTL1_KERNEL_BASE
#define LOW_MEMORY UINT64_C(0x100000) /* a frame of VTL0's, by its physical address */

#define THREE(what, address) \
    TRUSTLET_KILLED("trustlet-reads-" what, "foreign-read", address, KILLED_BY_PF), \
    TRUSTLET_KILLED("trustlet-writes-" what, "foreign-write", address, KILLED_BY_PF), \
    TRUSTLET_KILLED("trustlet-executes-" what, "foreign-execute", address, KILLED_BY_PF)

ATTACK("trustlet-foreign-memory",
    TRUSTLET_CONTROL("trustlet-reads-itself", "foreign-read", 0),
    TRUSTLET_CONTROL("trustlet-writes-itself", "foreign-write", 0),
    TRUSTLET_CONTROL("trustlet-executes-itself", "foreign-execute", 0),
    THREE("direct-map", DIRECT_MAP),
    THREE("kernel-stack", STACKS),
    THREE("kernel-window", WINDOWS),
    THREE("kernel-image", IMAGE),
    THREE("vtl0", LOW_MEMORY),
    TRUSTLET_KILLED("trustlet-reads-null", "foreign-read", 8, KILLED_BY_PF),
    TRUSTLET_KILLED("trustlet-reads-no-address", "foreign-read", UINT64_C(0x0000900000002000), KILLED_BY_GP),
);
