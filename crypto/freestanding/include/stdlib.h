/* The names library code takes from ISO C's stdlib.h. Each user's build says what they resolve to. */
#pragma once

#include <stddef.h>

void abort(void) __attribute__((noreturn));
