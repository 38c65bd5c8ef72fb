#include "attack_rows.h"

ATTACK("nmi-ipi",
    IPI("ipi-nmi", attack_nmi),
);
