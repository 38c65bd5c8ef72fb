/*
 * The same access to every page of a region: VTL1's, which the vault's pages are somewhere in, or all of the
 * hypervisor's.
 */
#include "attack_internal.h"

#include <vtl0/x86.h>

struct sweep {
    uint64_t pages;
    uint64_t refused;
    uint64_t first_bad; /* physical page of the first other outcome */
    struct attack_result bad;
};

static void sweep_range(uint64_t base, uint64_t size, const struct attack *attack, struct sweep *sweep)
{
    for (uint64_t at = base; at < base + size; at += PAGE_SIZE) {
        struct attack_result one = { 0 };

        attack_touch(at, attack->access, attack->via, &one);
        sweep->pages++;
        if (one.outcome == OUTCOME_GP && !one.rip_advanced) {
            sweep->refused++;
        } else if (sweep->first_bad == 0) {
            sweep->first_bad = at;
            sweep->bad = one;
        }
    }
}

static void sweep_all(const struct attack *attack, struct sweep *sweep)
{
    if (attack->target == TARGET_VAULT) {
        sweep_range(attack_places.vtl1_base, attack_places.vtl1_size, attack, sweep);
        return;
    }
    for (unsigned i = 0; i < attack_places.hypervisor_count; i++) {
        sweep_range(attack_places.hypervisor[i].base, attack_places.hypervisor[i].size, attack, sweep);
    }
}

void attack_sweep(const struct attack *attack, struct attack_result *result)
{
    struct sweep sweep = { 0 };
    uint64_t intercepts = attack_intercepts();

    sweep_all(attack, &sweep);
    intercepts = attack_intercepts() - intercepts;
    if (sweep.pages == 0) {
        result->outcome = OUTCOME_ABSENT;
        attack_detail(result, "not-found");
    } else if (sweep.refused != sweep.pages) {
        *result = sweep.bad;
        attack_detail(result, "pages=%lu,refused=%lu,first-other=%lx", sweep.pages, sweep.refused, sweep.first_bad);
    } else {
        result->outcome = intercepts == (attack->target == TARGET_VAULT ? sweep.pages : 0) ? OUTCOME_GP : OUTCOME_WRONG;
        attack_detail(result, "pages=%lu,secure-intercepts=%lu", sweep.pages, intercepts);
    }
}
