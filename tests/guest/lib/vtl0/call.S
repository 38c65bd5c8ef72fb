/* Code whose registers matter. RDI, RSI, RDX as in C. */

#include <guest/vmcall.inc>

    .hidden uses_vmcall

    .text

/* void vtl_call_full(struct vtl_registers *r, uint64_t entry, uint64_t *rcx_out); r->rcx goes into RCX. */
    .globl vtl_call_full
    .hidden vtl_call_full
vtl_call_full:
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    push %rdx
    push %rdi
    push %rsi
    mov (%rdi), %rax
    mov %rax, %cr2
    mov 8(%rdi), %r15
    mov 16(%rdi), %r14
    mov 24(%rdi), %r13
    mov 32(%rdi), %r12
    mov 40(%rdi), %r11
    mov 48(%rdi), %r10
    mov 56(%rdi), %r9
    mov 64(%rdi), %r8
    mov 72(%rdi), %rbp
    mov 88(%rdi), %rsi
    mov 96(%rdi), %rdx
    mov 104(%rdi), %rcx
    mov 112(%rdi), %rbx
    mov 120(%rdi), %rax
    mov 80(%rdi), %rdi
    cmpq $0, (%rsp)
    je 1f
    call *(%rsp)
    jmp 2f
1:  hypercall_instruction
2:  push %rdi
    mov 16(%rsp), %rdi
    mov %rax, 120(%rdi)
    mov %cr2, %rax
    mov %rax, (%rdi)
    mov %r15, 8(%rdi)
    mov %r14, 16(%rdi)
    mov %r13, 24(%rdi)
    mov %r12, 32(%rdi)
    mov %r11, 40(%rdi)
    mov %r10, 48(%rdi)
    mov %r9, 56(%rdi)
    mov %r8, 64(%rdi)
    mov %rbp, 72(%rdi)
    mov %rsi, 88(%rdi)
    mov %rdx, 96(%rdi)
    mov %rbx, 112(%rdi)
    pop %rax
    mov %rax, 80(%rdi)
    add $16, %rsp
    pop %rdx
    mov %rcx, (%rdx)
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    ret

/* uint64_t probe_enter(struct probe *p, code, argument): the registers C expects to survive are in p->saved. */
    .globl probe_enter, probe_landing
    .hidden probe_enter, probe_landing
probe_enter:
    mov %rbx, (%rdi)
    mov %rbp, 8(%rdi)
    mov %r12, 16(%rdi)
    mov %r13, 24(%rdi)
    mov %r14, 32(%rdi)
    mov %r15, 40(%rdi)
    mov %rsp, 48(%rdi)
    pushfq
    pop 56(%rdi)
    mov %rsi, %rax
    mov %rdx, %rdi
    sub $8, %rsp
    call *%rax
    add $8, %rsp
    ret
probe_landing: /* by the trap handler, RDI = the probe */
    mov (%rdi), %rbx
    mov 8(%rdi), %rbp
    mov 16(%rdi), %r12
    mov 24(%rdi), %r13
    mov 32(%rdi), %r14
    mov 40(%rdi), %r15
    mov 48(%rdi), %rsp
    push 56(%rdi)
    popfq
    xor %eax, %eax
    ret

    .globl probe_read, probe_write, probe_vmmcall, probe_vmmcall_at, probe_vmcall, probe_vmcall_at, probe_ud, probe_write_long
    .hidden probe_read, probe_write, probe_vmmcall, probe_vmmcall_at, probe_vmcall, probe_vmcall_at, probe_ud, probe_write_long
probe_read:
    mov (%rdi), %rax
    ret
probe_write: /* 3 bytes long */
    mov %rdi, (%rdi)
    ret
probe_write_long: /* 11 bytes long, with an immediate */
    movq $0x13579BDF, 0x40(%rdi)
    ret
probe_vmmcall: /* RDI -> RAX, RCX to use */
    mov 8(%rdi), %rcx
    mov (%rdi), %rax
probe_vmmcall_at:
    vmmcall
    ret
probe_vmcall:
    mov 8(%rdi), %rcx
    mov (%rdi), %rax
probe_vmcall_at:
    vmcall
    ret
probe_ud:
    ud2
    ret

    .globl probe_rdmsr, probe_wrmsr
    .hidden probe_rdmsr, probe_wrmsr
probe_rdmsr: /* RDI -> MSR, room for the value */
    mov (%rdi), %rcx
    rdmsr
    shl $32, %rdx
    or %rdx, %rax
    mov %rax, 8(%rdi)
    ret
probe_wrmsr:
    mov (%rdi), %rcx
    mov 8(%rdi), %rax
    mov 12(%rdi), %edx
    wrmsr
    ret

/* void fill_xmm(const uint64_t from[32]); void read_xmm(uint64_t to[32]); */
    .globl fill_xmm, read_xmm
    .hidden fill_xmm, read_xmm
fill_xmm:
    .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movups 16 * \r(%rdi), %xmm\r
    .endr
    ret
read_xmm:
    .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movups %xmm\r, 16 * \r(%rdi)
    .endr
    ret

/* Trap stubs: #DB, NMI, #UD, #DF, #NP, #GP, #PF and our interrupt. */
    .macro stub name, vector, error
    .globl stub_\name
    .hidden stub_\name
    .balign 16
stub_\name:
    .ifc \error, no
    pushq $0
    .endif
    pushq $\vector
    jmp trap_common
    .endm

    stub db, 1, no
    stub nmi, 2, no
    stub ud, 6, no
    stub df, 8, yes
    stub np, 11, yes
    stub gp, 13, yes
    stub pf, 14, yes
    stub test, 0x90, no

trap_common:
    push %rax
    push %rcx
    push %rdx
    push %rbx
    push %rsi
    push %rdi
    push %r8
    push %r9
    push %r10
    push %r11
    push %rbp
    mov %rsp, %rbp
    cld
    mov %rsp, %rdi
    and $-16, %rsp
    call trap
    mov %rbp, %rsp
    pop %rbp
    pop %r11
    pop %r10
    pop %r9
    pop %r8
    pop %rdi
    pop %rsi
    pop %rbx
    pop %rdx
    pop %rcx
    pop %rax
    add $16, %rsp
    iretq

    .section .note.GNU-stack, "", @progbits
