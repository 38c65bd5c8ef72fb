/*
 * The only places in ring 0 where a #PF or #GP is expected, and the only ones
 * where SMAP is open. cpu/trap.c resumes at the second address of a row when
 * the first one faulted; RCX then holds what REP MOVSB had left to do.
 */
    .macro exception_row fault, resume
    .section .exception_table, "a", @progbits
    .quad \fault, \resume
    .text
    .endm

    .text
    .globl copy_fallible
    .type copy_fallible, @function
copy_fallible:
    mov %rdx, %rcx
1:  rep movsb
2:  mov %rcx, %rax
    ret
    exception_row 1b, 2b
    .size copy_fallible, . - copy_fallible

    .globl copy_user_fallible
    .type copy_user_fallible, @function
copy_user_fallible:
    mov %rdx, %rcx
    stac
3:  rep movsb
4:  clac
    mov %rcx, %rax
    ret
    exception_row 3b, 4b
    .size copy_user_fallible, . - copy_user_fallible

    .section .note.GNU-stack, "", @progbits
