#include "attack_rows.h"

ATTACK("a20-off",
    PORT("port-a20", attack_a20, 0),
);
