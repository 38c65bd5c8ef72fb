/*
 * The only places in ring 0 where a #PF or #GP is expected, and the only ones
 * where SMAP is open. cpu/trap.c resumes at the second address of a row when
 * the first one faulted; RCX then holds what the repeated move had left to do.
 * Eight bytes at a time: kernel_lock is held, and VTL0's interrupts wait.
 */
    .macro exception_row fault, resume
    .section .exception_table, "a", @progbits
    .quad \fault, \resume
    .text
    .endm

    /* RDX bytes to RDI from RSI; RAX: how many were not copied, a word that faulted as a whole. */
    .macro copy_body
    mov %rdx, %rcx
    and $7, %edx
    shr $3, %rcx
    jmp 1f
4:  xchg %rdx, %rcx
    jmp 3f
1:  rep movsq
    xchg %rdx, %rcx /* no words are left, and the bytes that did not make one */
2:  rep movsb
3:  lea (%rcx, %rdx, 8), %rax
    exception_row 1b, 4b
    exception_row 2b, 3b
    .endm

    .text
    .globl copy_fallible
    .type copy_fallible, @function
copy_fallible:
    copy_body
    ret
    .size copy_fallible, . - copy_fallible

    .globl copy_user_fallible
    .type copy_user_fallible, @function
copy_user_fallible:
    stac
    copy_body
    clac
    ret
    .size copy_user_fallible, . - copy_user_fallible

    .section .note.GNU-stack, "", @progbits
