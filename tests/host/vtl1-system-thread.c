/* A system thread on the host's own stack: nothing interrupts it, so its work is done in one go. */
#include <sk/system_thread.h>

#include <abi/boot_block.h>

#include <sk/handle.h>
#include <sk/kernel_space.h>
#include <sk/lock.h>

bool system_thread_init(struct system_thread *thread, unsigned number)
{
    *thread = (struct system_thread){ .state = SYSTEM_THREAD_IDLE };
    return kernel_stack_map(VTL1_MAX_PROCESSORS + number, 0, &thread->stack_top);
}

void system_thread_begin(struct system_thread *thread, void (*work)(void))
{
    thread->work = work;
    thread->handle = handle_new();
    thread->state = SYSTEM_THREAD_READY;
}

enum system_thread_end system_thread_run(struct system_thread *thread)
{
    thread->state = SYSTEM_THREAD_RUNNING;
    kernel_lock_release();
    thread->work();
    kernel_lock_acquire();
    thread->state = SYSTEM_THREAD_IDLE;
    return SYSTEM_THREAD_HAS_ENDED;
}

void system_thread_abandon(struct system_thread *thread)
{
    thread->state = SYSTEM_THREAD_IDLE;
}

void system_thread_lock(void)
{
    kernel_lock_acquire();
}

void system_thread_unlock(void)
{
    kernel_lock_release();
}
