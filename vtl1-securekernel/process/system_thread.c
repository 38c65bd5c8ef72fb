#include <sk/system_thread.h>

#include <abi/boot_block.h>

#include <sk/cpu.h>
#include <sk/handle.h>
#include <sk/kernel_space.h>
#include <sk/lock.h>
#include <sk/x86.h>

/* What system_run pops: six registers and the address to go on at. Above them a function's return address, which is none. */
#define FIRST_FRAME_WORDS 8u
#define FIRST_RIP         6u

bool system_thread_init(struct system_thread *thread, unsigned number)
{
    *thread = (struct system_thread){ .state = SYSTEM_THREAD_IDLE };
    return kernel_stack_map(VTL1_MAX_PROCESSORS + number, 0, &thread->stack_top);
}

/* Never returns: an idle thread is not run again before system_thread_begin has built a new stack. */
static void leave_for_good(enum system_thread_end why)
{
    system_leave(&this_cpu()->system_thread->rsp, why);
}

static void first_instruction(void)
{
    struct system_thread *thread = this_cpu()->system_thread; /* once: it may not be this processor that goes on */

    interrupts_on();
    thread->work();
    interrupts_off();
    leave_for_good(SYSTEM_THREAD_HAS_ENDED);
}

void system_thread_begin(struct system_thread *thread, void (*work)(void))
{
    uint64_t *frame = (uint64_t *)thread->stack_top - FIRST_FRAME_WORDS;

    for (unsigned i = 0; i < FIRST_FRAME_WORDS; i++) {
        frame[i] = i == FIRST_RIP ? (uint64_t)first_instruction : 0;
    }
    thread->rsp = (uint64_t)frame;
    thread->work = work;
    thread->handle = handle_new();
    thread->state = SYSTEM_THREAD_READY;
}

enum system_thread_end system_thread_run(struct system_thread *thread)
{
    enum system_thread_end end;

    thread->state = SYSTEM_THREAD_RUNNING;
    this_cpu()->system_thread = thread;
    kernel_space_enter(); /* another processor may have changed what the thread reads: no translation of before may stay */
    kernel_lock_release();
    end = (enum system_thread_end)system_run(&thread->rsp);
    this_cpu()->system_thread = NULL;
    if (!kernel_lock_acquire()) {
        return SYSTEM_THREAD_STOPPED;
    }
    thread->state = end == SYSTEM_THREAD_HAS_ENDED ? SYSTEM_THREAD_IDLE : SYSTEM_THREAD_READY;
    thread->handle = handle_new(); /* one resumption for each */
    return end;
}

void system_thread_abandon(struct system_thread *thread)
{
    thread->state = SYSTEM_THREAD_IDLE;
}

void system_thread_lock(void)
{
    interrupts_off();
    if (!kernel_lock_acquire()) {
        leave_for_good(SYSTEM_THREAD_STOPPED);
    }
}

void system_thread_unlock(void)
{
    kernel_lock_release();
    interrupts_on();
}

void system_thread_interrupted(void)
{
    struct system_thread *thread = this_cpu()->system_thread;

    if (thread != NULL) {
        system_leave(&thread->rsp, SYSTEM_THREAD_HAS_YIELDED);
    }
}
