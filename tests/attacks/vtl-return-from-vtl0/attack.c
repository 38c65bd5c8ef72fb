#include "attack_rows.h"

#include <abi/hypercalls.h>

ATTACK("vtl-return-from-vtl0",
    INSTRUCTION("vtl-return-from-vtl0", attack_vtl_switch, HVCALL_VTL_RETURN),
    INSTRUCTION("vtl-return-entry", attack_return_entry, 0),
);
