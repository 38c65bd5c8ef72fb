/* Ring 3's selectors on the stack, for assembler. The mutants' images find tests/mutants/include/sk/ring3.h first. */
#pragma once

#include <sk/cpu_offsets.h>

#define PUSH_RING3_DATA pushq $(SELECTOR_USER_DATA | SELECTOR_RING3)
#define PUSH_RING3_CODE pushq $(SELECTOR_USER_CODE | SELECTOR_RING3)
