#include "attack_rows.h"

ATTACK("output-too-small",
    CONTROL_FRAME("output-too-small-control"),
    FRAME("frame-output-too-small", attack_frame_field, PLACE_CONTROL, 11),
);
