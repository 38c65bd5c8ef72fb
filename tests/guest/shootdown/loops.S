/* Look, use, count: a late use ends the loop. No memory but the page and the loop's own fields is touched. */
#define PAGE 0
#define USES 8
#define GONE 16
#define LATE 24

    .text
    .macro loop name, before, after, use:vararg
    .globl \name
    .hidden \name
\name:
    pushfq
    mov %rdi, %r8
    mov PAGE(%r8), %r9
1:  \before
    mov GONE(%r8), %rdx
    \use
    incq USES(%r8)
    test %rdx, %rdx
    jnz 2f
    \after
    jmp 1b
2:  movq $1, LATE(%r8)
    popfq
    ret
    .endm

    loop loop_read, cli, nop, mov 8(%r9), %rax
    loop loop_write, cli, nop, mov %r9, 8(%r9)
    loop loop_execute, cli, nop, call *%r9

    .macro rep_read
    mov %r9, %rsi
    mov $512, %ecx
    rep lodsq
    .endm
    .macro rep_write
    lea 8(%r9), %rdi
    mov $511, %ecx
    rep stosq
    .endm
    .macro halt
    sti
    hlt
    .endm
    loop loop_rep_read, cli, nop, rep_read
    loop loop_rep_write, cli, nop, rep_write
    loop loop_halt, cli, halt, mov 8(%r9), %rax

    .section .note.GNU-stack, "", @progbits
