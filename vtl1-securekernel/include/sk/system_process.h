/*
 * The secure system process, "Secure System": what the secure kernel itself
 * runs and holds. It has no ring 3 and no image but the kernel's; it owns the
 * threads that do ring 0's long work, and the handles that VTL0 was given on
 * others: sessions, and calls that stopped on their way. Under kernel_lock.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <sk/system_thread.h>

/* False: no memory for its threads' stacks. Boot, first processor. */
bool system_process_init(void);

/* The thread that copies and checks the files of trustlets (sk/launch.h). */
struct system_thread *system_process_launcher(void);

uint32_t system_process_threads(void);

/* How many handles VTL0 has now. */
uint64_t system_process_handles(void);
