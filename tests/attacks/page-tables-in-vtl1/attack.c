#include "attack_rows.h"

#include <vtl0/paging.h>

ATTACK("page-tables-in-vtl1",
    WALK("control-walk-page-table", TARGET_CONTROL, PLACE_CONTROL, PAGE_2M, EXPECT_OK, true),
    WALK("walk-page-table-securekernel", TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, PAGE_2M, EXPECT_GP, false),
    WALK("walk-directory-securekernel", TARGET_SECUREKERNEL, PLACE_VTL1_FIRST, PAGE_1G, EXPECT_GP, false),
);
