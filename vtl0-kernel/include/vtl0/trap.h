/* What the entry code pushes for every interrupt, exception and system call, lowest address first. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct trap_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rdi, rsi, rbp, rbx, rdx, rcx, rax;
    uint64_t vector, error;
    uint64_t rip, cs, rflags, rsp, ss; /* as the processor pushes them */
};
_Static_assert(sizeof(struct trap_frame) == 176, "entry code");
_Static_assert(offsetof(struct trap_frame, vector) == 120, "entry code");
_Static_assert(offsetof(struct trap_frame, rip) == 136, "entry code");
