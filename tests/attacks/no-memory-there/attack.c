#include "attack_rows.h"

#include <vtl0/paging.h>

ATTACK("no-memory-there",
    CONTROL_TOUCH("no-memory-there-control-read", ACCESS_READ),
    CONTROL_TOUCH("no-memory-there-control-write", ACCESS_WRITE),
    CONTROL_TOUCH("no-memory-there-control-execute", ACCESS_EXECUTE),
    REFUSED_TOUCH("hole-read", TARGET_HOLE, PLACE_HOLE, ACCESS_READ),
    REFUSED_TOUCH("hole-write", TARGET_HOLE, PLACE_HOLE, ACCESS_WRITE),
    REFUSED_TOUCH("hole-execute", TARGET_HOLE, PLACE_HOLE, ACCESS_EXECUTE),
    WALK("walk-page-table-hole", TARGET_HOLE, PLACE_HOLE, PAGE_2M, EXPECT_GP, false),
);
