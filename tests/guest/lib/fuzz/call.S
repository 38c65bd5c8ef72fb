/* fuzz.h: struct fuzz_frame. RDI = the frame. */
#include <guest/vmcall.inc>

    .hidden uses_vmcall

    .text
    .globl fuzz_call
    .hidden fuzz_call
fuzz_call:
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    push %rdi
    .irp r, 0, 1, 2, 3, 4, 5
    movups 120 + 16 * \r(%rdi), %xmm\r
    .endr
    mov (%rdi), %rax
    mov 8(%rdi), %rcx
    mov 16(%rdi), %rdx
    mov 24(%rdi), %rbx
    mov 32(%rdi), %rbp
    mov 40(%rdi), %rsi
    mov 56(%rdi), %r8
    mov 64(%rdi), %r9
    mov 72(%rdi), %r10
    mov 80(%rdi), %r11
    mov 88(%rdi), %r12
    mov 96(%rdi), %r13
    mov 104(%rdi), %r14
    mov 112(%rdi), %r15
    mov 48(%rdi), %rdi
    hypercall_instruction
    push %rdi
    mov 8(%rsp), %rdi
    mov %rax, (%rdi)
    mov %rcx, 8(%rdi)
    mov %rdx, 16(%rdi)
    mov %rbx, 24(%rdi)
    mov %rbp, 32(%rdi)
    mov %rsi, 40(%rdi)
    mov %r8, 56(%rdi)
    mov %r9, 64(%rdi)
    mov %r10, 72(%rdi)
    mov %r11, 80(%rdi)
    mov %r12, 88(%rdi)
    mov %r13, 96(%rdi)
    mov %r14, 104(%rdi)
    mov %r15, 112(%rdi)
    pop %rax
    mov %rax, 48(%rdi)
    .irp r, 0, 1, 2, 3, 4, 5
    movups %xmm\r, 120 + 16 * \r(%rdi)
    .endr
    pop %rdi
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    ret

    .section .note.GNU-stack, "", @progbits
