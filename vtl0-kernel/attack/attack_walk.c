/*
 * Page tables inside foreign memory: the processor itself then reads (and
 * marks) entries there, which the second level must refuse just as well.
 */
#include "attack_internal.h"

#include <lib/string.h>
#include <vtl0/pages.h>
#include <vtl0/paging.h>
#include <vtl0/x86.h>

#define WALK_AT (ALIAS_WINDOW + (UINT64_C(2) << 30))

/* A table of the control that maps its page at every index. */
static uint64_t control_table(uint64_t target)
{
    uint64_t *table = page_alloc();

    for (unsigned i = 0; i < PAGE_SIZE / sizeof(*table); i++) {
        table[i] = target | MAP_EVERYTHING;
    }
    return (uint64_t)(uintptr_t)table;
}

/* attack->number: the level whose entry points at the foreign table. */
void attack_walk(const struct attack *attack, struct attack_result *result)
{
    enum page_level level = (enum page_level)attack->number;
    uint64_t physical = attack_places.page[attack->place];
    uint64_t *entry = paging_entry(paging_kernel_root(), WALK_AT, level, false);
    uint64_t before = *entry;
    struct probe probe = {
        .code = (uint64_t)(uintptr_t)probe_read, .rax = PROBE_POISON, .rdi = WALK_AT + CONTROL_VALUE_OFFSET,
    };

    if (physical == 0) {
        result->outcome = OUTCOME_ABSENT;
        attack_detail(result, "not-found");
        return;
    }
    *entry = (attack->control ? control_table(physical) : physical) | MAP_EVERYTHING;
    invlpg(WALK_AT);
    probe_call(&probe);
    if (attack->control) {
        page_free((void *)(uintptr_t)(*entry & PTE_ADDRESS));
    }
    *entry = before;
    invlpg(WALK_AT);
    attack_judge(&probe, probe.rax == PROBE_POISON, result);
    if (attack->control && probe.caught == 0 && probe.rax != CONTROL_VALUE) {
        result->outcome = OUTCOME_WRONG;
    }
}
