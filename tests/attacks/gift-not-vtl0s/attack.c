/* A donation is refused where the page is not VTL0's, also behind one that is; that one is then still VTL0's. */
#include "attack_rows.h"

#include <vtl0/pages.h>
#include <vtl0/testing.h>
#include <vtl0/trustlet.h>

static uint8_t *page;

static uint64_t address(const struct attack *attack)
{
    if (attack->place != PLACE_CONTROL) {
        return attack_places.page[attack->place];
    }
    return attack->number != 0 ? attack->number : (uint64_t)(uintptr_t)page;
}

static void give(const struct attack *attack, struct attack_result *result)
{
    uint64_t dirty = 0, at;

    page = page != NULL ? page : pages_alloc(1, PAGE_SIZE);
    at = address(attack);
    if (at == 0) {
        result->outcome = OUTCOME_ABSENT;
        return;
    }
    attack_judge_status(trustlet_donate(&(const struct secure_range){ at, 1 }, 1), SECURE_STATUS_BAD_MEMORY, result);
    if (attack->control) {
        test_take_all_back(&dirty);
    }
}

static void give_behind(const struct attack *attack, struct attack_result *result)
{
    page = page != NULL ? page : pages_alloc(1, PAGE_SIZE);
    const struct secure_range both[] = { { (uint64_t)(uintptr_t)page, 1 }, { address(attack), 1 } };

    attack_judge_status(trustlet_donate(both, 2), SECURE_STATUS_BAD_MEMORY, result);
    *(volatile uint8_t *)page = 1; /* still VTL0's, or this is #GP(0) */
}

#define UNALIGNED UINT64_C(0x10008)

ATTACK("gift-not-vtl0s",
    { .id = "gift-not-vtl0s-control", .run = give, .target = TARGET_CONTROL, .access = ACCESS_FRAME, .place = PLACE_CONTROL,
      .expected = EXPECT_OK, .control = true },
    FRAME("gift-of-vtl1-first", give, PLACE_VTL1_FIRST, 0),
    FRAME("gift-of-vtl1-last", give, PLACE_VTL1_LAST, 0),
    FRAME("gift-of-hypervisor", give, PLACE_HYPERVISOR_FIRST, 0),
    FRAME("gift-of-hole", give, PLACE_HOLE, 0),
    FRAME("gift-of-apic", give, PLACE_CONTROL, ATTACK_APIC_PAGE),
    FRAME("gift-unaligned", give, PLACE_CONTROL, UNALIGNED),
    FRAME("gift-behind-a-good-one", give_behind, PLACE_VTL1_FIRST, 0),
);
