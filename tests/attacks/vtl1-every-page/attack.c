#include "attack_rows.h"

ATTACK("vtl1-every-page",
    CONTROL_SWEEP("every-page-control-read", ACCESS_READ),
    CONTROL_SWEEP("every-page-control-write", ACCESS_WRITE),
    CONTROL_SWEEP("every-page-control-execute", ACCESS_EXECUTE),
    SWEEP("vault-every-page-read", TARGET_VAULT, ACCESS_READ),
    SWEEP("vault-every-page-write", TARGET_VAULT, ACCESS_WRITE),
    SWEEP("vault-every-page-execute", TARGET_VAULT, ACCESS_EXECUTE),
);
