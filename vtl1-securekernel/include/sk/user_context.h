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
 * Runs ring 3 from context until it makes a system call or faults, in the
 * address space CR3 holds; its registers are in context again on return.
 * Interrupts stay off in ring 3 too. context->rip must be a user address
 * (SYSRET to a non-canonical one would fault in ring 0 on Intel processors)
 * and rflags must be of user_flags_sanitize. Returns USER_EXIT_*.
 */
uint64_t user_run(struct user_context *context);

/* Where the fault handler goes when ring 3 has faulted: makes user_run return USER_EXIT_FAULT. */
_Noreturn void user_leave_by_fault(void);
