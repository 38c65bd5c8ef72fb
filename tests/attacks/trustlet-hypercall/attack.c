/* Hypercalls by a trustlet: the hypervisor serves rings 0 only. */
#include "attack_trustlet.h"

#include <abi/tlfs.h>
#include <vtl0/vsm.h>

/* The same call by a ring 0. */
static void by_ring0(const struct attack *attack, struct attack_result *result)
{
    uint64_t value = 0;

    (void)attack;
    result->outcome = vsm_get_register(HV_REGISTER_VSM_CODE_PAGE_OFFSETS, &value) ? OUTCOME_OK : OUTCOME_WRONG;
    attack_detail(result, "register=0x%lx", value);
}

ATTACK("trustlet-hypercall",
    TRUSTLET_ROW("trustlet-hypercall-by-ring0", by_ring0, NULL, 0, EXPECT_OK),
    TRUSTLET_KILLED("trustlet-vmmcall", "hypercall", 0, KILLED_BY_UD),
    TRUSTLET_KILLED("trustlet-vmcall", "hypercall", 1, KILLED_BY_UD),
);
