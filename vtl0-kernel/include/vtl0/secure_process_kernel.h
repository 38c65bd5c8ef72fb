/* The part of mode=secure-processes that is made in ring 0: the same services without a handle in their way. */
#pragma once

#include <stdbool.h>

#include <vtl0/nt_process.h>

/* ordinary: for the controls. Prints a line for each test. */
bool test_ring0_services(struct nt_process *secure, struct nt_process *ordinary);
