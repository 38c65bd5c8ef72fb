/*
 * void extended_around(const void *sent, void *got, uint64_t components,
 *                      void (*action)(void)): loads an image, does it, saves
 * one. The action is compiled for general registers only.
 */
    .text
    .globl extended_around
    .hidden extended_around
extended_around:
    push %rbx
    push %r12
    push %r13
    sub $16, %rsp
    stmxcsr (%rsp)
    mov %rsi, %rbx
    mov %rdx, %r12
    mov %edx, %eax
    xor %edx, %edx
    xrstor64 (%rdi)
    call *%rcx
    mov %r12d, %eax
    xor %edx, %edx
    xsave64 (%rbx)
    fninit
    ldmxcsr (%rsp)
    add $16, %rsp
    pop %r13
    pop %r12
    pop %rbx
    ret

    .section .note.GNU-stack, "", @progbits
