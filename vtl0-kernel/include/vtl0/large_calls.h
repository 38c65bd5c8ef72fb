/* The part of mode=threads that is about INVOKE_LARGE. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* session: of the worker (tests/trustlets/worker). slow_rounds: of WORKER_SPIN, longer than a tick. Prints a line for each test. */
bool test_large_calls(uint64_t session, uint64_t slow_rounds);
