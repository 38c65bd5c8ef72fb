/* Which system call a process may make. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <sk/process.h>

/* number comes from ring 3 and may be anything. */
bool syscall_allowed(const struct process *process, uint64_t number);
