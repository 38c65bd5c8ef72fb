#include "attack_rows.h"

ATTACK("stray-startup",
    IPI("ipi-stray-startup", attack_stray_startup),
);
