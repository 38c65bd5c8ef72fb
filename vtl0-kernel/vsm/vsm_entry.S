/* Calls through the hypercall page. Everything but RAX and RCX comes back as it was (abi/secure_call.h). */
    .text

/* uint64_t vsm_enter_hypercall(uint64_t entry, uint64_t input, uint64_t input_gpa, uint64_t output_gpa) */
    .global vsm_enter_hypercall
    .hidden vsm_enter_hypercall
vsm_enter_hypercall:
    movq %rcx, %r8
    movq %rsi, %rcx
    jmp *%rdi

/* uint64_t vsm_enter_vtl_call(uint64_t entry, uint64_t frame_gpa) */
    .global vsm_enter_vtl_call
    .hidden vsm_enter_vtl_call
vsm_enter_vtl_call:
    movq %rsi, %rdx
    xorl %ecx, %ecx
    jmp *%rdi

/*
 * uint64_t vsm_enter_vtl_call_observed(uint64_t entry, uint64_t frame_gpa, struct vsm_registers *registers):
 * the same with every other general register loaded from and stored to the structure; its RDX is only stored.
 */
    .global vsm_enter_vtl_call_observed
    .hidden vsm_enter_vtl_call_observed
vsm_enter_vtl_call_observed:
    pushq %rbx
    pushq %rbp
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    pushq %rdx
    pushq %rdi
    movq %rdx, %rax
    movq %rsi, %rdx
    movq 0(%rax), %rbx
    movq 8(%rax), %rbp
    movq 16(%rax), %rsi
    movq 24(%rax), %rdi
    movq 32(%rax), %r8
    movq 40(%rax), %r9
    movq 48(%rax), %r10
    movq 56(%rax), %r11
    movq 64(%rax), %r12
    movq 72(%rax), %r13
    movq 80(%rax), %r14
    movq 88(%rax), %r15
    xorl %ecx, %ecx
    call *(%rsp)
    movq 8(%rsp), %rcx
    movq %rbx, 0(%rcx)
    movq %rbp, 8(%rcx)
    movq %rsi, 16(%rcx)
    movq %rdi, 24(%rcx)
    movq %r8, 32(%rcx)
    movq %r9, 40(%rcx)
    movq %r10, 48(%rcx)
    movq %r11, 56(%rcx)
    movq %r12, 64(%rcx)
    movq %r13, 72(%rcx)
    movq %r14, 80(%rcx)
    movq %r15, 88(%rcx)
    movq %rdx, 96(%rcx)
    addq $16, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    ret

    .section .note.GNU-stack, "", @progbits
