#include <sk/lock.h>

#include <sk/x86.h>

static struct lock kernel_lock;
static bool poisoned;

void lock_acquire(struct lock *lock)
{
    uint32_t ticket = __atomic_fetch_add(&lock->next, 1, __ATOMIC_RELAXED);

    while (__atomic_load_n(&lock->serving, __ATOMIC_ACQUIRE) != ticket) {
        cpu_relax();
    }
}

void lock_release(struct lock *lock)
{
    __atomic_store_n(&lock->serving, lock->serving + 1, __ATOMIC_RELEASE);
}

bool kernel_lock_acquire(void)
{
    uint32_t ticket = __atomic_fetch_add(&kernel_lock.next, 1, __ATOMIC_RELAXED);

    for (;;) {
        /* The holder that faulted never releases: look at the poison too, or its waiters hang with it. */
        if (kernel_stopped()) {
            return false;
        }
        if (__atomic_load_n(&kernel_lock.serving, __ATOMIC_ACQUIRE) == ticket) {
            return true;
        }
        cpu_relax();
    }
}

bool kernel_stopped(void)
{
    return __atomic_load_n(&poisoned, __ATOMIC_ACQUIRE);
}

/* Once the kernel has stopped, who comes here may not have the lock: left as it is, nobody gets it. */
void kernel_lock_release(void)
{
    if (!kernel_stopped()) {
        lock_release(&kernel_lock);
    }
}

void kernel_lock_poison(void)
{
    __atomic_store_n(&poisoned, true, __ATOMIC_RELEASE);
}
