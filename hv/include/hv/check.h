/*
 * Tier two of the three error tiers: a broken invariant of the hypervisor
 * itself. Guest-caused conditions never end here.
 */
#pragma once

/* Logs the place, dumps registers (no guest memory, nothing of VTL1) and stops the machine. */
__attribute__((noreturn)) void check_failed(const char *expression, const char *file, int line);

#define CHECK(expression) ((expression) ? (void)0 : check_failed(#expression, __FILE__, __LINE__))
