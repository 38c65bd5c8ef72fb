/*
 * The same access to every page of a region: VTL1's, which the vault's pages are somewhere in, all of the
 * hypervisor's or, as the control, some of VTL0's own.
 */
#include "attack_internal.h"

#include <lib/string.h>
#include <vtl0/pages.h>
#include <vtl0/x86.h>

#define CONTROL_PAGES 16u

struct sweep {
    enum attack_outcome wanted;
    uint64_t pages;
    uint64_t as_wanted;
    uint64_t first_bad; /* physical page of the first other outcome */
    struct attack_result bad;
};

static void sweep_range(uint64_t base, uint64_t size, const struct attack *attack, struct sweep *sweep)
{
    for (uint64_t at = base; at < base + size; at += PAGE_SIZE) {
        struct attack_result one = { 0 };

        attack_touch(at, attack->access, attack->via, &one);
        sweep->pages++;
        if (one.outcome == sweep->wanted && one.rip_advanced == (sweep->wanted == OUTCOME_OK)) {
            sweep->as_wanted++;
        } else if (sweep->first_bad == 0) {
            sweep->first_bad = at;
            sweep->bad = one;
        }
    }
}

/* Pages with the control page's content. */
static uint64_t control_pages(void)
{
    static uint8_t *pages;

    pages = pages != NULL ? pages : pages_alloc(CONTROL_PAGES, PAGE_SIZE);
    for (unsigned i = 0; i < CONTROL_PAGES; i++) {
        memcpy(pages + i * PAGE_SIZE, (const void *)(uintptr_t)attack_places.page[PLACE_CONTROL], PAGE_SIZE);
    }
    return (uint64_t)(uintptr_t)pages;
}

static void sweep_all(const struct attack *attack, struct sweep *sweep)
{
    if (attack->target == TARGET_CONTROL) {
        sweep_range(control_pages(), CONTROL_PAGES * PAGE_SIZE, attack, sweep);
        return;
    }
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
    struct sweep sweep = { .wanted = attack->control ? OUTCOME_OK : OUTCOME_GP };
    uint64_t intercepts = attack_intercepts();

    sweep_all(attack, &sweep);
    intercepts = attack_intercepts() - intercepts;
    if (sweep.pages == 0) {
        result->outcome = OUTCOME_ABSENT;
        attack_detail(result, "not-found");
    } else if (sweep.as_wanted != sweep.pages) {
        *result = sweep.bad;
        attack_detail(result, "pages=%lu,as-wanted=%lu,first-other=%lx", sweep.pages, sweep.as_wanted, sweep.first_bad);
    } else {
        result->outcome = intercepts == (attack->target == TARGET_VAULT ? sweep.pages : 0) ? sweep.wanted : OUTCOME_WRONG;
        result->rip_advanced = attack->control;
        attack_detail(result, "pages=%lu,secure-intercepts=%lu", sweep.pages, intercepts);
    }
}
