/* A test-and-set lock that also keeps interrupts off on its processor. */
#pragma once

#include <stdbool.h>

#include <vtl0/x86.h>

struct spinlock {
    volatile int held;
};

/* Returns whether interrupts were on; pass it to spin_unlock. */
static inline bool spin_lock(struct spinlock *lock)
{
    bool on = interrupts_save();

    while (__atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE) != 0) {
        cpu_relax();
    }
    return on;
}

static inline void spin_unlock(struct spinlock *lock, bool on)
{
    __atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
    interrupts_restore(on);
}
