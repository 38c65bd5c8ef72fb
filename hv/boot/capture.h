/* The state in which the firmware left the processor that runs this, for VTL0 to go on with. */
#pragma once

#include <hv/handoff.h>

/* Fills everything of launch but context.rip, context.rsp and vp_index. */
void capture_state(struct hv_launch *launch);
