#include "attack_rows.h"

ATTACK("hypervisor-every-page",
    CONTROL_SWEEP("hypervisor-every-page-control", ACCESS_READ),
    SWEEP("hypervisor-every-page-read", TARGET_HYPERVISOR, ACCESS_READ),
    SWEEP("hypervisor-every-page-write", TARGET_HYPERVISOR, ACCESS_WRITE),
    SWEEP("hypervisor-every-page-execute", TARGET_HYPERVISOR, ACCESS_EXECUTE),
);
