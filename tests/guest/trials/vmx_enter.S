/*
 * uint32_t vmx_enter(struct vmx_guest *guest)
 *
 * The world switch under VMX. Nothing like GIF exists there: an NMI after the
 * look at the epoch and before the entry goes to the host and does not end the
 * guest, so that stretch has labels for the host's handler of vector 2.
 */
    .set HOST_RSP, 0x6C14
    .set LAUNCHED, 120
    .set EPOCH, 128

    .text
    .global vmx_enter, vmx_exit, vmx_window_begin, vmx_window_end, vmx_window_abort
vmx_enter:
    pushq %rbx
    pushq %rbp
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    pushq %rdi
    movl $HOST_RSP, %eax
    vmwrite %rsp, %rax
vmx_window_begin:
    movq EPOCH(%rdi), %rax
    cmpq vmx_epoch, %rax
    jne vmx_window_abort
    movq $1, vmx_in_window
1:  pause
    cmpq $0, vmx_hold
    jne 1b
    cmpq $0, LAUNCHED(%rdi)
    movq 0(%rdi), %rax
    movq 8(%rdi), %rcx
    movq 16(%rdi), %rdx
    movq 24(%rdi), %rbx
    movq 32(%rdi), %rbp
    movq 40(%rdi), %rsi
    movq 56(%rdi), %r8
    movq 64(%rdi), %r9
    movq 72(%rdi), %r10
    movq 80(%rdi), %r11
    movq 88(%rdi), %r12
    movq 96(%rdi), %r13
    movq 104(%rdi), %r14
    movq 112(%rdi), %r15
    movq 48(%rdi), %rdi
    jne 2f
    vmlaunch
    jmp 3f
2:  vmresume
vmx_window_end:
3:  movl $1, %eax
    jz 4f
    movl $2, %eax
    jmp 4f
vmx_window_abort:
    movl $3, %eax
4:  popq %rdi
    jmp 5f
vmx_exit:
    xchgq %rdi, (%rsp)
    movq %rax, 0(%rdi)
    movq %rcx, 8(%rdi)
    movq %rdx, 16(%rdi)
    movq %rbx, 24(%rdi)
    movq %rbp, 32(%rdi)
    movq %rsi, 40(%rdi)
    movq %r8, 56(%rdi)
    movq %r9, 64(%rdi)
    movq %r10, 72(%rdi)
    movq %r11, 80(%rdi)
    movq %r12, 88(%rdi)
    movq %r13, 96(%rdi)
    movq %r14, 104(%rdi)
    movq %r15, 112(%rdi)
    popq 48(%rdi)
    xorl %eax, %eax
5:  popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    ret

    .data
    .balign 8
    .global vmx_epoch, vmx_in_window, vmx_hold
vmx_epoch:
    .quad 0
vmx_in_window:
    .quad 0
vmx_hold:
    .quad 0

    .section .note.GNU-stack, "", @progbits
