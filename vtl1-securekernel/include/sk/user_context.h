/* Ring 3's registers, saved while the kernel runs. Offsets are CONTEXT_* of sk/cpu_offsets.h. */
#pragma once

#include <stdint.h>

struct user_context {
    uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t rip, rflags;
    uint64_t fault_vector, fault_error; /* of the last USER_EXIT_FAULT */
};

/*
 * Runs ring 3 from context until it makes a system call, faults or is
 * interrupted, in the address space CR3 holds; its registers are in context
 * again on return. context->rip must be a user address (IRETQ to a
 * non-canonical one would fault in ring 0) and rflags of ring 3's own, with IF.
 * Returns USER_EXIT_*. Without kernel_lock.
 */
uint64_t user_run(struct user_context *context);

/* Where the trap handler goes when it has put ring 3's registers away: makes user_run return reason, USER_EXIT_*. */
_Noreturn void user_leave(uint64_t reason);
