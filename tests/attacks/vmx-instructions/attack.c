#include "attack_rows.h"

ATTACK("vmx-instructions",
    INSTRUCTION("vmxon", attack_instruction, ROUTINE(probe_vmxon)),
    INSTRUCTION("vmxoff", attack_instruction, ROUTINE(probe_vmxoff)),
    INSTRUCTION("vmclear", attack_instruction, ROUTINE(probe_vmclear)),
    INSTRUCTION("vmptrld", attack_instruction, ROUTINE(probe_vmptrld)),
    INSTRUCTION("vmptrst", attack_instruction, ROUTINE(probe_vmptrst)),
    INSTRUCTION("vmlaunch", attack_instruction, ROUTINE(probe_vmlaunch)),
    INSTRUCTION("vmresume", attack_instruction, ROUTINE(probe_vmresume)),
    INSTRUCTION("vmread", attack_instruction, ROUTINE(probe_vmread)),
    INSTRUCTION("vmwrite", attack_instruction, ROUTINE(probe_vmwrite)),
    INSTRUCTION("invept", attack_instruction, ROUTINE(probe_invept)),
    INSTRUCTION("invvpid", attack_instruction, ROUTINE(probe_invvpid)),
    INSTRUCTION("vmfunc", attack_instruction, ROUTINE(probe_vmfunc)),
    INSTRUCTION("getsec", attack_instruction, ROUTINE(probe_getsec)),
);
