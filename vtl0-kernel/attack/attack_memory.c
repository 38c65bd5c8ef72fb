#include "attack_internal.h"

#include <lib/string.h>
#include <vtl0/paging.h>
#include <vtl0/x86.h>

#define ALIAS_4K_AT ALIAS_WINDOW
#define ALIAS_2M_AT (ALIAS_WINDOW + (UINT64_C(1) << 30))

/* The one-to-one map's entry, large or small; a hole has none, it gets a large page for the time of the access. */
static uint64_t *direct_entry(uint64_t physical)
{
    uint64_t *entry = paging_entry(paging_kernel_root(), physical, PAGE_2M, false);

    if ((*entry & PTE_PRESENT) != 0 && (*entry & PTE_LARGE) == 0) {
        entry = paging_entry(paging_kernel_root(), physical, PAGE_4K, false);
    }
    return entry;
}

static uint64_t direct_open(uint64_t physical, uint64_t *before)
{
    uint64_t *entry = direct_entry(physical);

    *before = *entry;
    if ((*entry & PTE_PRESENT) == 0) {
        *entry = (physical & ~(uint64_t)(LARGE_PAGE_SIZE - 1)) | MAP_EVERYTHING | PTE_LARGE;
    } else {
        *entry = (*entry | PTE_WRITE) & ~PTE_NX;
    }
    invlpg(physical);
    return physical;
}

/* Maps the page without any first-level restriction and returns its address there. */
static uint64_t open_alias(uint64_t physical, enum attack_via via, uint64_t *before)
{
    switch (via) {
    case VIA_ALIAS_4K:
        paging_map(paging_kernel_root(), ALIAS_4K_AT, physical, MAP_EVERYTHING);
        return ALIAS_4K_AT;
    case VIA_ALIAS_2M:
        paging_map_large(paging_kernel_root(), ALIAS_2M_AT, physical, MAP_EVERYTHING);
        return ALIAS_2M_AT + physical % LARGE_PAGE_SIZE;
    default:
        return direct_open(physical, before);
    }
}

static void close_alias(uint64_t physical, enum attack_via via, uint64_t before)
{
    switch (via) {
    case VIA_ALIAS_4K:
        paging_unmap(paging_kernel_root(), ALIAS_4K_AT, PAGE_4K);
        break;
    case VIA_ALIAS_2M:
        paging_unmap(paging_kernel_root(), ALIAS_2M_AT, PAGE_2M);
        break;
    default:
        *direct_entry(physical) = before;
        invlpg(physical);
        break;
    }
}

static void touch_kernel(uint64_t address, enum attack_access access, struct probe *probe)
{
    if (access == ACCESS_EXECUTE) {
        uint64_t scratch = attack_scratch();

        *probe = (struct probe){
            .code = address, .rax = scratch, .rcx = scratch, .rdx = scratch, .rbx = scratch, .rsi = scratch,
            .rdi = scratch, .r8 = scratch,
        };
        if (probe_step(probe)) {
            probe->caught = 0; /* #DB: the instruction there has run */
        }
        return;
    }
    probe->code = (uint64_t)(uintptr_t)(access == ACCESS_READ ? probe_read : probe_write);
    probe->rdi = address + CONTROL_VALUE_OFFSET;
    probe_call(probe);
}

static void touch_user(uint64_t physical, enum attack_access access, struct probe *probe)
{
    static const enum user_probe kinds[] = {
        [ACCESS_READ] = USER_PROBE_READ, [ACCESS_WRITE] = USER_PROBE_WRITE, [ACCESS_EXECUTE] = USER_PROBE_EXECUTE,
    };

    attack_user_run(kinds[access], physical, probe);
}

void attack_touch(uint64_t physical, enum attack_access access, enum attack_via via, struct attack_result *result)
{
    struct probe probe = { .rax = PROBE_POISON };

    if (via == VIA_USER) {
        touch_user(physical, access, &probe);
    } else {
        uint64_t before = 0;

        touch_kernel(open_alias(physical, via, &before), access, &probe);
        close_alias(physical, via, before);
    }
    attack_judge(&probe, access == ACCESS_EXECUTE || probe.rax == PROBE_POISON, result);
    if (probe.caught == 0 && access == ACCESS_READ && physical == attack_places.page[PLACE_CONTROL] &&
        probe.rax != CONTROL_VALUE) {
        result->outcome = OUTCOME_WRONG;
        attack_detail(result, "read-gave-another-value");
    }
}

/* A successful write control must have changed memory, others must not. */
static void check_control(const struct attack *attack, struct attack_result *result)
{
    uint64_t value;
    bool changed;

    memcpy(&value, (uint8_t *)(uintptr_t)attack_places.page[PLACE_CONTROL] + CONTROL_VALUE_OFFSET, sizeof(value));
    changed = value == PROBE_POISON;
    if (changed != (attack->access == ACCESS_WRITE)) {
        result->outcome = OUTCOME_WRONG;
        attack_detail(result, "memory-%s", changed ? "changed" : "unchanged");
    }
    attack_control_reset();
}

void attack_memory(const struct attack *attack, struct attack_result *result)
{
    uint64_t physical = attack_places.page[attack->place];
    uint64_t intercepts = attack->control ? 0 : attack_intercepts();

    if (physical == 0) {
        result->outcome = OUTCOME_ABSENT;
        attack_detail(result, "not-found");
        return;
    }
    attack_touch(physical, attack->access, attack->via, result);
    if (attack->control) {
        check_control(attack, result);
        return;
    }
    intercepts = attack_intercepts() - intercepts;
    if (result->outcome == OUTCOME_GP && intercepts != (attack->target == TARGET_SECUREKERNEL ? 1 : 0)) {
        result->outcome = OUTCOME_WRONG;
        attack_detail(result, "gp,but-secure-intercepts=%lu", intercepts);
    }
}
