/*
 * Ticket spinlocks. VTL1 runs with interrupts off, so a holder is never
 * preempted by its own processor.
 *
 * Order: kernel_lock before log's own lock. The secure-intercept path takes
 * neither but log's, so that a long secure call on one processor cannot delay
 * the #GP another processor's VTL0 is owed.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct lock {
    uint32_t next;
    uint32_t serving;
};

void lock_acquire(struct lock *lock);
void lock_release(struct lock *lock);

/*
 * The one lock over pages, processes and sessions. False, and not taken, once
 * the kernel has stopped (a fault in ring 0 leaves its state in doubt for
 * good); every secure call is refused from then on.
 */
bool kernel_lock_acquire(void);

/* Gives it up; nothing once the kernel has stopped, when the caller may have failed to get it. */
void kernel_lock_release(void);

/* Has the kernel stopped? Nothing of VTL0's is written then: who owns a page is in doubt like everything else. */
bool kernel_stopped(void);

/* After a fault in ring 0: nobody gets kernel_lock any more, waiters included. Callable with or without the lock. */
void kernel_lock_poison(void);
