/*
 * RDI: { page, 16 registers as they are at the access: RAX RCX RDX RBX RSP RBP RSI RDI R8-R15 }. Like the suite's own accesses:
 * "mov (%rax), %rax", "mov %rax, (%rax)", "call *%rax".
 */
    .macro note_registers
    push %rbx
    mov (%rdi), %rax
    mov %rax, 8(%rdi)
    mov %rcx, 16(%rdi)
    mov %rdx, 24(%rdi)
    mov %rbx, 32(%rdi)
    mov %rsp, 40(%rdi)
    mov %rbp, 48(%rdi)
    mov %rsi, 56(%rdi)
    mov %rdi, 64(%rdi)
    mov %r8, 72(%rdi)
    mov %r9, 80(%rdi)
    mov %r10, 88(%rdi)
    mov %r11, 96(%rdi)
    mov %r12, 104(%rdi)
    mov %r13, 112(%rdi)
    mov %r14, 120(%rdi)
    mov %r15, 128(%rdi)
    .endm

    .text
    .globl kv_read, kv_write, kv_execute, kv_read_at, kv_write_at
    .hidden kv_read, kv_write, kv_execute, kv_read_at, kv_write_at
kv_read:
    note_registers
kv_read_at:
    mov (%rax), %rax
    pop %rbx
    ret
kv_write:
    note_registers
kv_write_at:
    mov %rax, (%rax)
    pop %rbx
    ret
kv_execute:
    note_registers
    call *%rax
    pop %rbx
    ret

    .section .note.GNU-stack, "", @progbits
