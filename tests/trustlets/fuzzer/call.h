/* One system call with every register as it is wished, and every register as it came back. */
#pragma once

#include <stdint.h>

/* Offsets are those of call.S. */
struct registers {
    uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t flags;
};

/* What the call is made with, and what it leaves. For one thread at a time. */
extern struct registers call_registers;

void call_make(void);

/* The address behind the SYSCALL instruction. */
extern const char call_behind[];

/* Where a thread may begin that is not to live: HLT is not for ring 3. */
extern const char call_forbidden[];
