/* The part of mode=threads that is about several trustlets: where each is, and that two run at the same time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * rounds: an empty loop of at least some ticks of the timer. Each prints a line for each test. test_two_trustlets needs
 * two processors.
 */
bool test_layouts(void);
bool test_two_trustlets(uint64_t rounds);
