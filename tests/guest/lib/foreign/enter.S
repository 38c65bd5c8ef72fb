/* VTL1's first instruction, and its interrupt handler. RSP lies in the processor's block (foreign.h). */

    .text

    .globl vtl1_first
    .hidden vtl1_first
vtl1_first: /* what VTL0 left is kept in the order of struct vtl_registers */
    and $-16, %rsp
    push %rax
    push %rbx
    push %rcx
    push %rdx
    push %rsi
    push %rdi
    push %rbp
    push %r8
    push %r9
    push %r10
    push %r11
    push %r12
    push %r13
    push %r14
    push %r15
    mov %cr2, %rax
    push %rax
    cld
    mov %rsp, %rdi
    call foreign_first
    ud2

    .globl sint0_stub
    .hidden sint0_stub
sint0_stub:
    push %rax
    mov %rsp, %rax
    and $-65536, %rax
    incq (%rax)
    pop %rax
    iretq

    .section .note.GNU-stack, "", @progbits
