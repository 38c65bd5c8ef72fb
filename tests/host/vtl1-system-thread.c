/* A system thread on a stack of the host's. It may be interrupted wherever it gives up the lock, and any processor goes on with it. */
#include <sk/system_thread.h>

#include <ucontext.h>

#include <abi/boot_block.h>

#include <sk/handle.h>
#include <sk/kernel_space.h>
#include <sk/lock.h>

#include "vtl1-machine.h"

#define STACK_SIZE (256u * 1024u)

static ucontext_t goes_on, processor; /* there is one system thread */
static uint8_t stack[STACK_SIZE];
static struct system_thread *current;
static enum system_thread_end end;

bool system_thread_init(struct system_thread *thread, unsigned number)
{
    *thread = (struct system_thread){ .state = SYSTEM_THREAD_IDLE };
    return kernel_stack_map(VTL1_MAX_PROCESSORS + number, 0, &thread->stack_top);
}

static void leave(enum system_thread_end why)
{
    end = why;
    swapcontext(&goes_on, &processor);
}

static void first_instruction(void)
{
    current->work();
    leave(SYSTEM_THREAD_HAS_ENDED);
}

void system_thread_begin(struct system_thread *thread, void (*work)(void))
{
    getcontext(&goes_on);
    goes_on.uc_stack = (stack_t){ .ss_sp = stack, .ss_size = sizeof(stack) };
    makecontext(&goes_on, first_instruction, 0);
    thread->work = work;
    thread->handle = handle_new();
    thread->state = SYSTEM_THREAD_READY;
}

enum system_thread_end system_thread_run(struct system_thread *thread)
{
    assert_int_equal(thread->state, SYSTEM_THREAD_READY);
    thread->state = SYSTEM_THREAD_RUNNING;
    current = thread;
    kernel_space_enter();
    kernel_lock_release();
    swapcontext(&processor, &goes_on);
    kernel_lock_acquire();
    thread->state = end == SYSTEM_THREAD_HAS_ENDED ? SYSTEM_THREAD_IDLE : SYSTEM_THREAD_READY;
    thread->handle = handle_new();
    return end;
}

void system_thread_abandon(struct system_thread *thread)
{
    assert_int_equal(thread->state, SYSTEM_THREAD_READY);
    thread->state = SYSTEM_THREAD_IDLE;
}

void system_thread_lock(void)
{
    kernel_lock_acquire();
}

void system_thread_unlock(void)
{
    kernel_lock_release();
    if (machine_interrupted()) {
        leave(SYSTEM_THREAD_HAS_YIELDED);
    }
}
