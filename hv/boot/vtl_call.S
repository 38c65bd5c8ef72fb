/*
 * VTL call (TLFS, "VTL Call"): general registers are shared between the VTLs,
 * and a secure kernel that fails at its start puts none of them back. So all
 * that the C caller relies on goes to the stack; RSP and RFLAGS are VTL0's own.
 */
    .text
    .globl vsm_vtl_call
    .hidden vsm_vtl_call

/* uint64_t vsm_vtl_call(uint64_t entry, uint64_t argument) */
vsm_vtl_call:
    pushq %rbx
    pushq %rbp
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsi, %rdx
    xorl %ecx, %ecx /* VTL call control: every bit must be zero */
    callq *%rdi
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    cld
    retq

    .section .note.GNU-stack, "", @progbits
