/* RDMSR, WRMSR and RDPMC by a trustlet. */
#include "attack_trustlet.h"

#include <vtl0/x86.h>

#define LSTAR          0xC0000082u
#define SFMASK         0xC0000084u
#define KERNEL_GS_BASE 0xC0000102u
#define GUEST_OS_ID    0x40000000u
#define HYPERCALL      0x40000001u

/* The same instructions in a ring 0. */
static void by_ring0(const struct attack *attack, struct attack_result *result)
{
    uint64_t value = rdmsr(LSTAR);

    (void)attack;
    wrmsr(LSTAR, value);
    result->outcome = OUTCOME_OK;
    attack_detail(result, "lstar=0x%lx", value);
}

ATTACK("trustlet-msr",
    TRUSTLET_ROW("trustlet-msr-by-ring0", by_ring0, NULL, 0, EXPECT_OK),
    TRUSTLET_KILLED("trustlet-rdmsr-efer", "msr-read", MSR_EFER, KILLED_BY_GP),
    TRUSTLET_KILLED("trustlet-rdmsr-lstar", "msr-read", LSTAR, KILLED_BY_GP),
    TRUSTLET_KILLED("trustlet-rdmsr-kernel-gs", "msr-read", KERNEL_GS_BASE, KILLED_BY_GP),
    TRUSTLET_KILLED("trustlet-rdmsr-guest-os-id", "msr-read", GUEST_OS_ID, KILLED_BY_GP),
    TRUSTLET_KILLED("trustlet-wrmsr-lstar", "msr-write", LSTAR, KILLED_BY_GP),
    TRUSTLET_KILLED("trustlet-wrmsr-sfmask", "msr-write", SFMASK, KILLED_BY_GP),
    TRUSTLET_KILLED("trustlet-wrmsr-hypercall", "msr-write", HYPERCALL, KILLED_BY_GP),
    TRUSTLET_KILLED("trustlet-rdpmc", "msr-counter", 0, KILLED_BY_GP),
);
