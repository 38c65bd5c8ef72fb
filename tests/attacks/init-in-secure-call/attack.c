#include "attack_rows.h"

ATTACK("init-in-secure-call",
    IPI("ipi-init-in-secure-call", attack_init_busy),
);
