#include "attack_rows.h"

ATTACK("svm-skinit-invlpga",
    INSTRUCTION("skinit", attack_instruction, ROUTINE(probe_skinit)),
    INSTRUCTION("invlpga", attack_instruction, ROUTINE(probe_invlpga)),
);
