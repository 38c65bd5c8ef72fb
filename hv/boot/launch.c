#include "launch.h"

#include "capture.h"

#include <lib/string.h>

extern const uint8_t launch_code_start[];
extern const uint8_t launch_code_end[];

_Static_assert(offsetof(struct hv_launch, context.rip) == 0, "launch.S");
_Static_assert(offsetof(struct hv_launch, context.rsp) == 8, "launch.S");
_Static_assert(offsetof(struct launch_jump, page) == 0, "launch.S");
_Static_assert(offsetof(struct launch_jump, cr3) == 8, "launch.S");
_Static_assert(offsetof(struct launch_jump, stack) == 16, "launch.S");
_Static_assert(offsetof(struct launch_jump, entry) == 24, "launch.S");
_Static_assert(offsetof(struct launch_jump, launch) == 32, "launch.S");
_Static_assert(offsetof(struct launch_jump, handoff) == 40, "launch.S");

void launch_copy_code(void *page)
{
    memset(page, 0xCC, PAGE_SIZE);
    memcpy(page, launch_code_start, (size_t)(launch_code_end - launch_code_start));
}

bool launch_processor(struct resident *resident, uint32_t index)
{
    struct hv_launch *launch = &resident->launches[index];
    struct launch_jump jump = {
        .page = resident->launch_page,
        .cr3 = resident->map.root,
        .stack = resident_stack_top(index),
        .entry = resident->entry,
        .launch = resident_va(resident, launch),
        .handoff = resident_va(resident, resident->handoff),
    };

    launch->vp_index = index;
    capture_state(launch);
    return launch_enter(launch, &jump) == 0;
}
