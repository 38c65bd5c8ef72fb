/*
 * From a processor's own stack to that of a system thread (sk/system_thread.h)
 * and back. Each looks like an ordinary function call to the C code that makes
 * it: system_run comes back when the thread calls system_leave, and
 * system_leave when somebody, on whatever processor, runs the thread again.
 */
#include <sk/cpu_offsets.h>

    .macro push_preserved
    push %rbp
    push %rbx
    push %r12
    push %r13
    push %r14
    push %r15
    .endm

    .macro pop_preserved
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbx
    pop %rbp
    .endm

    .text
    .globl system_run
    .type system_run, @function
system_run:
    push_preserved
    mov %rsp, %gs:CPU_KERNEL_RSP
    mov (%rdi), %rsp
    pop_preserved
    ret
    .size system_run, . - system_run

    .globl system_leave
    .type system_leave, @function
system_leave:
    push_preserved
    mov %rsp, (%rdi)
    mov %rsi, %rax
    mov %gs:CPU_KERNEL_RSP, %rsp
    pop_preserved
    ret
    .size system_leave, . - system_leave

    .section .note.GNU-stack, "", @progbits
