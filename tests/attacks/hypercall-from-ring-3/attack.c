#include "attack_rows.h"

#include <abi/hypercalls.h>
#include <abi/tlfs.h>

ATTACK("hypercall-from-ring-3",
    INSTRUCTION("vmmcall-ring3", attack_user_instruction, HVCALL_GET_VP_REGISTERS),
    INSTRUCTION("vtl-call-ring3", attack_user_instruction, HVCALL_VTL_CALL),
);
