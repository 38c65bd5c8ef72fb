/*
 * A thread of the secure system process (sk/system_process.h): work of ring 0
 * that is too long for VTL0 to be kept waiting. Like a secure thread it runs
 * inside a secure call, yields when VTL0 has an interrupt waiting, and goes on
 * when VTL0 resumes the call, on any processor. It has a stack of its own and
 * runs without kernel_lock and with interrupts on, so it touches nothing that
 * is shared, and nothing of the processor it runs on, but between
 * system_thread_lock and system_thread_unlock.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum system_thread_state {
    SYSTEM_THREAD_IDLE = 0,
    SYSTEM_THREAD_READY,   /* has work, and is on no processor */
    SYSTEM_THREAD_RUNNING,
};

enum system_thread_end {
    SYSTEM_THREAD_HAS_ENDED = 1, /* its work is done, and it is IDLE */
    SYSTEM_THREAD_HAS_YIELDED,
    SYSTEM_THREAD_STOPPED,       /* the kernel stopped meanwhile on another processor: nothing may be touched */
};

struct system_thread {
    uint64_t rsp;            /* while READY: where it goes on */
    uint64_t stack_top;
    enum system_thread_state state;
    void (*work)(void);
    uint64_t handle;         /* of the call as it stopped last */
};

/* Gives the thread its stack, the number-th of the secure system process. False: no memory. Boot, first processor. */
bool system_thread_init(struct system_thread *thread, unsigned number);

/* Gives an IDLE thread its work. It is READY then. Under kernel_lock. */
void system_thread_begin(struct system_thread *thread, void (*work)(void));

/*
 * Runs a READY thread until its work is done or VTL0 has an interrupt waiting.
 * Under kernel_lock, which is given up meanwhile.
 */
enum system_thread_end system_thread_run(struct system_thread *thread);

/* Ends a READY thread where it is: what is on its stack is given up. It is IDLE then. Under kernel_lock, which it does not hold. */
void system_thread_abandon(struct system_thread *thread);

/* For the work itself: from here on interrupts are off and kernel_lock is held. Does not return once the kernel has stopped. */
void system_thread_lock(void);
void system_thread_unlock(void);

/* An interrupt came to ring 0 (cpu/trap.c): a system thread that runs on this processor yields. */
void system_thread_interrupted(void);

/* cpu/system_run.S. Goes on at *rsp; returns the reason that system_leave was given. */
uint64_t system_run(const uint64_t *rsp);

/* Leaves the thread's stack, and sets *rsp to where it goes on. */
void system_leave(uint64_t *rsp, uint64_t reason);
