#include "attack_rows.h"

#include <vtl0/paging.h>

ATTACK("page-tables-in-hypervisor",
    WALK("page-tables-in-hypervisor-control", TARGET_CONTROL, PLACE_CONTROL, PAGE_2M, EXPECT_OK, true),
    WALK("walk-page-table-hypervisor", TARGET_HYPERVISOR, PLACE_HYPERVISOR_FIRST, PAGE_2M, EXPECT_GP, false),
    WALK("walk-directory-hypervisor", TARGET_HYPERVISOR, PLACE_HYPERVISOR_FIRST, PAGE_1G, EXPECT_GP, false),
);
