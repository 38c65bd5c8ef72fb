/* Synthetic MSRs that let the hypervisor write a page of the guest's choice. */
#include "attack_internal.h"

#include <abi/tlfs.h>
#include <vtl0/exceptions.h>

/* attack->number: the MSR. */
void attack_overlay(const struct attack *attack, struct attack_result *result)
{
    uint32_t msr = (uint32_t)attack->number;
    uint64_t wanted = attack_places.page[attack->place] | HV_MSR_PAGE_ENABLE;
    uint64_t before = 0;
    uint64_t after = 0;

    if (attack_places.page[attack->place] == 0 || !rdmsr_safe(msr, &before)) {
        result->outcome = OUTCOME_ABSENT;
        attack_detail(result, "not-found");
        return;
    }
    if (!wrmsr_safe(msr, wanted)) {
        result->outcome = OUTCOME_GP;
        attack_detail(result, "wrmsr");
        return;
    }
    rdmsr_safe(msr, &after);
    wrmsr_safe(msr, before);
    attack_control_reset();
    result->outcome = after == wanted ? OUTCOME_OK : OUTCOME_REFUSED;
    result->rip_advanced = true;
    attack_detail(result, "read-back=%lx", after);
}
