/* The part of mode=threads that is about INVOKE_LARGE. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <vtl0/testing.h>

/*
 * file: the worker (tests/trustlets/worker); session: with an instance of it. slow_rounds: of WORKER_SPIN, longer than a
 * tick. Prints a line for each test.
 */
bool test_large_calls(const struct test_file *file, uint64_t session, uint64_t slow_rounds);
