/*
 * The stack pointer is one of the registers that may be anything, so all that is needed afterwards is found by RIP.
 * Interrupts may come at any place: they do not use ring 3's stack.
 */
    .macro each_register what
    \what rbx, 8
    \what rcx, 16
    \what rdx, 24
    \what rsi, 32
    \what rdi, 40
    \what rbp, 48
    \what rsp, 56
    \what r8, 64
    \what r9, 72
    \what r10, 80
    \what r11, 88
    \what r12, 96
    \what r13, 104
    \what r14, 112
    \what r15, 120
    \what rax, 0
    .endm
    .macro load register, at
    mov call_registers + \at(%rip), %\register
    .endm
    .macro store register, at
    mov %\register, call_registers + \at(%rip)
    .endm

    .text
    .globl call_make, call_behind
    .type call_make, @function
call_make:
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rsp, own_stack(%rip)
    pushq call_registers + 128(%rip)
    popfq
    each_register load
    syscall
call_behind:
    each_register store
    mov own_stack(%rip), %rsp
    pushfq
    popq call_registers + 128(%rip)
    pushq $2 /* the functions of C want DF clear */
    popfq
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    ret
    .size call_make, . - call_make

    .globl call_forbidden
    .type call_forbidden, @function
call_forbidden:
    hlt
    .size call_forbidden, . - call_forbidden

    .bss
    .balign 16
    .globl call_registers
call_registers:
    .skip 136
own_stack:
    .skip 8

    .section .note.GNU-stack, "", @progbits
