/* The end of a kernel that cannot go on. */
#pragma once

#include <stdint.h>

struct trap_frame;

/* Prints "error: ..." and "@openvsm done status=1", then powers the machine off. Any processor, any context. */
_Noreturn void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same for an exception that nothing expected. */
_Noreturn void panic_exception(const struct trap_frame *frame, uint64_t cr2);
