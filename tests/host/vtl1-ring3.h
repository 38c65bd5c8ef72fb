/*
 * Ring 3 of the machine of vtl1-machine.h: a loader that always makes the same
 * system calls, and a trustlet that makes those it is told. What it can write to, it fills.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <abi/image.h>
#include <abi/ium.h>

#define RING3_END    UINT64_C(0x0000020000000000) /* one past any address of its */
#define RING3_IMAGE_PAGES 5u                      /* what its loader maps */
#define RING3_SECRET 0xA5
#define RING3_CALL   IUM_HEAP_BASE                /* where it waits for calls */
#define RING3_ASK    (IUM_HEAP_BASE + 2 * UINT64_C(4096))

/* The manifest of every file from now on. */
extern struct signed_image_header ring3_header;

struct ring3_call {
    uint64_t number, arguments[3];
};

/* The next process to run begins with its loader. */
void ring3_begin(void);

/* The same, and the loader asks again for whatever it was refused. */
void ring3_begin_patiently(void);

/* The same, and the image makes a thread and asks VTL0 before it waits. */
void ring3_begin_with_threads(const struct ium_normal_call *question);

/* The trustlet's next system calls, once the ones before are made. */
void ring3_plan(const struct ring3_call *calls, unsigned count);

/* What is at RING3_ASK from the next system call on. */
void ring3_ask(const struct ium_normal_call *question);

/* A system thread is interrupted when it gives up the lock for the number-th time from now, once. 0: never. */
void ring3_interrupt(unsigned number);

/* What the last system call of the plan but the one that does not return yet answered. */
int64_t ring3_result(void);
