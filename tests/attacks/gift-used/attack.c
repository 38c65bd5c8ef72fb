/* A page that VTL0 gave is VTL1's: not a frame, not to be given again, nor where an image is read. */
#include "attack_rows.h"

#include <vtl0/pages.h>
#include <vtl0/testing.h>
#include <vtl0/trustlet.h>
#include <vtl0/vsm.h>

enum { AS_GIFT, AS_IMAGE, AS_FRAME };

static uint64_t use(uint64_t number, const struct secure_range *range)
{
    struct trustlet_started started;

    switch (number) {
    case AS_GIFT:
        return trustlet_donate(range, 1);
    case AS_IMAGE:
        return trustlet_start(range, 1, 512, &started);
    default:
        return vsm_vtl_call(range->gpa);
    }
}

/* The control uses the page before it is given. */
static void give_and_use(const struct attack *attack, struct attack_result *result)
{
    const struct secure_range range = { (uint64_t)(uintptr_t)pages_alloc(1, PAGE_SIZE), 1 };
    uint64_t given = attack->control ? SECURE_STATUS_SUCCESS : trustlet_donate(&range, 1), dirty = 0, status;

    if (given != SECURE_STATUS_SUCCESS) {
        attack_detail(result, "not-given,status=%lu", given);
        return;
    }
    status = use(attack->number, &range);
    attack_judge_status(status, attack->number == AS_FRAME ? SECURE_STATUS_BAD_FRAME_ADDRESS : SECURE_STATUS_BAD_MEMORY, result);
    test_take_all_back(&dirty);
}

ATTACK("gift-used",
    { .id = "gift-used-control", .run = give_and_use, .target = TARGET_CONTROL, .access = ACCESS_FRAME, .number = AS_GIFT,
      .expected = EXPECT_OK, .control = true },
    FRAME("gift-given-again", give_and_use, PLACE_CONTROL, AS_GIFT),
    STARTING_FRAME("gift-as-image", give_and_use, AS_IMAGE),
    FRAME("gift-as-frame", give_and_use, PLACE_CONTROL, AS_FRAME),
);
