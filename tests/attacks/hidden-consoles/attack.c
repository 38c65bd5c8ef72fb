#include "attack_rows.h"

ATTACK("hidden-consoles",
    PORT("port-com2", attack_hidden_port, 0x2FD),
    PORT("port-debug-log", attack_hidden_port, 0xE9),
);
