/* One page twice in a donation: VTL1 would have it free twice, and so give it to two trustlets. */
#include "attack_rows.h"

#include <vtl0/pages.h>
#include <vtl0/testing.h>
#include <vtl0/trustlet.h>

/* attack->number: how far the second range is from the first. */
static void give(const struct attack *attack, struct attack_result *result)
{
    uint64_t first = (uint64_t)(uintptr_t)pages_alloc(2, PAGE_SIZE), dirty = 0;
    const struct secure_range both[] = { { first, 1 }, { first + attack->number, 1 } };

    attack_judge_status(trustlet_donate(both, 2), SECURE_STATUS_BAD_MEMORY, result);
    if (attack->control) {
        test_take_all_back(&dirty);
    }
}

ATTACK("gift-twice",
    { .id = "gift-twice-control", .run = give, .target = TARGET_CONTROL, .access = ACCESS_FRAME, .number = PAGE_SIZE,
      .expected = EXPECT_OK, .control = true },
    FRAME("gift-twice", give, PLACE_CONTROL, 0),
);
