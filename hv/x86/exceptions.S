/*
 * The hypervisor's own exceptions. Every vector lands in host_exception with
 * a uniform frame; only 2 (NMI) returns. Vector 1 is dropped: the hypervisor
 * never steps, and Bochs' SVM takes a guest's pending single-step trap in the
 * host, before VMLOAD has brought TR and GS back.
 */
    .macro stub vector has_error
    .align 16
    .if \has_error == 0
    push    $0
    .endif
    push    $\vector
    jmp     common
    .endm

    .text
    .align 16
    .globl exception_stubs
exception_stubs:
    .set vector, 0
    .rept 32
    .if vector == 1
    .align 16
    iretq
    .elseif (vector == 8) || ((vector >= 10) && (vector <= 14)) || (vector == 17) || (vector == 21) || (vector == 29) || (vector == 30)
    stub vector 1
    .else
    stub vector 0
    .endif
    .set vector, vector + 1
    .endr

/* The same for the table that takes interrupts (svm/switch.S): any vector, none with an error code. */
    .align 16
    .globl interrupt_stubs
interrupt_stubs:
    .set vector, 256
    .rept 256
    stub vector 0
    .set vector, vector + 1
    .endr

common:
    push    %rax
    push    %rcx
    push    %rdx
    push    %rbx
    push    %rbp
    push    %rsi
    push    %rdi
    push    %r8
    push    %r9
    push    %r10
    push    %r11
    push    %r12
    push    %r13
    push    %r14
    push    %r15
    mov     %rsp, %rdi
    cld
    call    host_exception
    pop     %r15
    pop     %r14
    pop     %r13
    pop     %r12
    pop     %r11
    pop     %r10
    pop     %r9
    pop     %r8
    pop     %rdi
    pop     %rsi
    pop     %rbp
    pop     %rbx
    pop     %rdx
    pop     %rcx
    pop     %rax
    add     $16, %rsp
    iretq

    .section .note.GNU-stack, "", @progbits
