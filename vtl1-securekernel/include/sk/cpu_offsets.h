/* Offsets and selectors that assembler files need; cpu/cpu.c asserts each against the structures. */
#pragma once

#define CPU_KERNEL_RSP 8
#define CPU_CONTEXT    16
#define CPU_USER_RSP   24
#define CPU_VTL_RETURN 32
#define CPU_TSS_RSP0   44

#define CONTEXT_RAX 0
#define CONTEXT_RBX 8
#define CONTEXT_RCX 16
#define CONTEXT_RDX 24
#define CONTEXT_RSI 32
#define CONTEXT_RDI 40
#define CONTEXT_RBP 48
#define CONTEXT_RSP 56
#define CONTEXT_R8  64
#define CONTEXT_R9  72
#define CONTEXT_R10 80
#define CONTEXT_R11 88
#define CONTEXT_R12 96
#define CONTEXT_R13 104
#define CONTEXT_R14 112
#define CONTEXT_R15 120
#define CONTEXT_RIP 128
#define CONTEXT_RFLAGS 136

#define VTL_REGISTERS_SIZE 128

#define SELECTOR_KERNEL_CODE 0x08
#define SELECTOR_KERNEL_DATA 0x10
#define SELECTOR_USER_DATA   0x20
#define SELECTOR_USER_CODE   0x28
#define SELECTOR_TSS         0x30

/* Requested privilege level of ring 3's selectors. */
#define SELECTOR_RING3 3

#define USER_EXIT_SYSCALL   0
#define USER_EXIT_FAULT     1
#define USER_EXIT_INTERRUPT 2
