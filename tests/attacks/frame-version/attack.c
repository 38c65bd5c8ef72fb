#include "attack_rows.h"

ATTACK("frame-version",
    CONTROL_FRAME("frame-version-control"),
    FRAME("frame-version-0", attack_frame_field, PLACE_CONTROL, 0),
    FRAME("frame-version-2", attack_frame_field, PLACE_CONTROL, 1),
    FRAME("frame-service-0", attack_frame_field, PLACE_CONTROL, 2),
    FRAME("frame-service-unknown", attack_frame_field, PLACE_CONTROL, 3),
);
