/* The stack protector's canary (GCC's manual, "Program Instrumentation Options": -fstack-protector-strong, a global guard). */
#pragma once

#include <stdint.h>

/* What every protected function lays below its return address and looks for before it returns. */
extern uintptr_t __stack_chk_guard;

/* Draws the canary from the processor. Nobody who is on the stack now may return afterwards. Ends: IUM_EXIT_NO_RANDOMNESS. */
void ium_guard_set(void);

/* Called by the compiler's code when the canary is not what it was: IUM_EXIT_STACK_SMASHED. */
_Noreturn void __stack_chk_fail(void);
