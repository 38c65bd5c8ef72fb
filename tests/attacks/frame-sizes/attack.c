#include "attack_rows.h"

ATTACK("frame-sizes",
    CONTROL_FRAME("frame-sizes-control"),
    FRAME("frame-input-too-large", attack_frame_field, PLACE_CONTROL, 4),
    FRAME("frame-input-too-small", attack_frame_field, PLACE_CONTROL, 5),
    FRAME("frame-input-beyond-frame", attack_frame_field, PLACE_CONTROL, 6),
    FRAME("frame-input-all-ones", attack_frame_field, PLACE_CONTROL, 7),
    FRAME("frame-output-beyond-frame", attack_frame_field, PLACE_CONTROL, 8),
    FRAME("frame-output-all-ones", attack_frame_field, PLACE_CONTROL, 9),
);
