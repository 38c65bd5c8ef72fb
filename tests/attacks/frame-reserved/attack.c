#include "attack_rows.h"

ATTACK("frame-reserved",
    CONTROL_FRAME("frame-reserved-control"),
    FRAME("frame-reserved", attack_frame_field, PLACE_CONTROL, 10),
);
