#include "attack_rows.h"

ATTACK("sleep-s3",
    PORT("port-sleep-s3", attack_sleep, 0),
);
