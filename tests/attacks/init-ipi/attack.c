#include "attack_rows.h"

ATTACK("init-ipi",
    IPI("ipi-init", attack_init),
    IPI("ipi-init-all-others", attack_init_all),
);
