/* The stack protector's canary (GCC's manual, "Program Instrumentation Options": -fstack-protector-strong, a global guard). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* What every protected function lays below its return address and looks for before it returns. One for all processors and a boot. */
extern uintptr_t __stack_chk_guard;

/*
 * Draws it from the processor, whose words are not tested yet. entry.S calls it before
 * any other C code: nobody who is on the stack may return afterwards to code that is protected.
 */
void guard_draw(void);

/* False: there was no word to draw; nobody may be served then. */
bool guard_is_drawn(void);

/* Called by the compiler's code when the canary is not what it was: as check_failed. */
_Noreturn void __stack_chk_fail(void);
