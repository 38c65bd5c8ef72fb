/* Exceptions of VTL1. */
#pragma once

#include <stdint.h>

struct trap_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rbp, rdi, rsi, rdx, rcx, rbx, rax;
    uint64_t vector, error_code;
    uint64_t rip, cs, rflags, rsp, ss;
};
_Static_assert(sizeof(struct trap_frame) == 22 * 8, "matches cpu/traps.S");

/*
 * SINT0's vector, that of VINA (TLFS, "Virtual Interrupt Notification
 * Assist"), and the call timer's (sk/call_timer.h). Ring 0 has interrupts off, but for take_interrupts and system threads.
 */
#define VECTOR_SINT0 0xF3u
#define VECTOR_VINA  0xF4u
#define VECTOR_CALL_TIMER 0xF5u

/* Fills the interrupt descriptor table all processors share. First processor, once. */
void trap_table_init(void);

/* Loads the table into this processor. */
void trap_table_load(void);

/* Called by cpu/traps.S only. Returns only when ring 0 may go on at frame->rip. */
void trap(struct trap_frame *frame);
