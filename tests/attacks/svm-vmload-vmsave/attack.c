#include "attack_rows.h"

ATTACK("svm-vmload-vmsave",
    INSTRUCTION("vmload", attack_instruction, ROUTINE(probe_vmload)),
    INSTRUCTION("vmsave", attack_instruction, ROUTINE(probe_vmsave)),
);
