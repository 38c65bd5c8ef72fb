#include "attack_rows.h"

ATTACK("svm-vmrun",
    INSTRUCTION("vmrun", attack_instruction, ROUTINE(probe_vmrun)),
);
