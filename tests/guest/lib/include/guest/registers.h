/* The shared registers as both VTLs' stubs keep them. entry.S and call.S know this order. */
#pragma once

#include <stdint.h>

struct vtl_registers {
    uint64_t cr2, r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
};
_Static_assert(sizeof(struct vtl_registers) == 128, "the order in which entry.S pushes");
