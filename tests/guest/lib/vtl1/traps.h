/* Descriptor tables and exceptions of the test payload's VTL1. */
#pragma once

#include <stdint.h>

struct trap_frame {
    uint64_t r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax;
    uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

void traps_load(void);
void trap(struct trap_frame *frame);
