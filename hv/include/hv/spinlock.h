/*
 * A ticketless spin lock. The hypervisor runs with GIF clear, so a holder is
 * never interrupted. Order, outermost first: launch, platform (CF8), overlay,
 * SLAT, log. No lock is held across a world switch. A shoot-down under locks
 * waits for processors that run VTL0 only: those hold none.
 */
#pragma once

#include <stdatomic.h>

struct spinlock {
    atomic_flag taken;
};

#define SPINLOCK_INIT { ATOMIC_FLAG_INIT }

static inline void spin_lock(struct spinlock *lock)
{
    while (atomic_flag_test_and_set_explicit(&lock->taken, memory_order_acquire)) {
        __builtin_ia32_pause();
    }
}

static inline void spin_unlock(struct spinlock *lock)
{
    atomic_flag_clear_explicit(&lock->taken, memory_order_release);
}
