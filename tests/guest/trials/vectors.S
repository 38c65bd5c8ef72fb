/*
 * Interrupt entry stubs, three families: the host's, and one for each guest,
 * so that a trap is always counted for the table it came through.
 */
    .macro family name
    .text
\name\()_common:
    pushq %rax
    pushq %rcx
    pushq %rdx
    pushq %rbx
    pushq %rbp
    pushq %rsi
    pushq %rdi
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    cld
    movq %rsp, %rdi
    movq %rsp, %rbx
    andq $-16, %rsp
    call \name\()_trap
    movq %rbx, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rdi
    popq %rsi
    popq %rbp
    popq %rbx
    popq %rdx
    popq %rcx
    popq %rax
    addq $16, %rsp
    iretq

    .balign 16
    .global \name\()_stubs
\name\()_stubs:
    .set vector, 0
    .rept 256
    .balign 16
    /* 8, 10-14, 17, 21, 29, 30 push an error code of their own. */
    .if (vector == 8) || (vector >= 10 && vector <= 14) || (vector == 17) || (vector == 21)
    .elseif (vector == 29) || (vector == 30)
    .else
    pushq $0
    .endif
    pushq $vector
    jmp \name\()_common
    .set vector, vector + 1
    .endr
    .endm

    family host
    family vtl0
    family vtl1

    .section .note.GNU-stack, "", @progbits
