#include "attack_rows.h"

#include <abi/hypercalls.h>
#include <abi/tlfs.h>

ATTACK("vtl-call-bad-control",
    INSTRUCTION("vtl-call-bad-control", attack_vtl_switch, HVCALL_VTL_CALL | (UINT64_C(1) << 32)),
    INSTRUCTION("vtl-call-bad-input", attack_vtl_switch, HVCALL_VTL_CALL | HV_INPUT_FAST),
);
