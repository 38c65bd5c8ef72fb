#include "attack_rows.h"

ATTACK("trustlet-unknown",
    FRAME("open-unknown-trustlet", attack_frame_field, PLACE_CONTROL, 12),
);
