/* Hypercalls with all their registers (forms.h). */
    .text
    .globl form_call, form_32_call
    .hidden form_call, form_32_call
form_call:
    push %rbx
    pushfq
    cli
    mov %rdi, %rbx
    .irp n, 0, 1, 2, 3, 4, 5
    movups 64 + 16 * \n(%rbx), %xmm\n
    .endr
    mov 160(%rbx), %rax
    mov %rax, %cr0
    mov 168(%rbx), %rax
    mov %rax, %cr4
    mov 8(%rbx), %rax
    mov 16(%rbx), %rcx
    mov 24(%rbx), %rdx
    mov 32(%rbx), %r8
    mov 40(%rbx), %r9
    mov 48(%rbx), %r10
    call *(%rbx)
    mov %rax, 8(%rbx)
    mov 176(%rbx), %rax
    mov %rax, %cr0
    mov 184(%rbx), %rax
    mov %rax, %cr4
    mov %rcx, 16(%rbx)
    mov %rdx, 24(%rbx)
    mov %r8, 32(%rbx)
    .irp n, 0, 1, 2, 3, 4, 5
    movups %xmm\n, 64 + 16 * \n(%rbx)
    .endr
    popfq
    pop %rbx
    ret

form_32_call:
    push %rbx
    push %rbp
    pushfq
    cli
    mov %ss, %eax
    push %rax
    mov %ds, %eax
    push %rax
    mov %es, %eax
    push %rax
    mov %rdi, %rbp
    lea 2f(%rip), %rax
    mov %eax, 28(%rbp)
    mov %cs, %eax
    mov %ax, 32(%rbp)
    movzwl 36(%rbp), %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    movzwl 34(%rbp), %eax
    push %rax
    lea 1f(%rip), %rax
    push %rax
    lretq
    .code32
1:  mov (%ebp), %eax
    mov 4(%ebp), %ebx
    mov 8(%ebp), %ecx
    mov 12(%ebp), %edx
    mov 16(%ebp), %esi
    mov 20(%ebp), %edi
    call *24(%ebp)
    mov %eax, (%ebp)
    mov %ebx, 4(%ebp)
    mov %ecx, 8(%ebp)
    mov %edx, 12(%ebp)
    mov %esi, 16(%ebp)
    mov %edi, 20(%ebp)
    ljmp *28(%ebp)
    .code64
2:  pop %rax
    mov %eax, %es
    pop %rax
    mov %eax, %ds
    pop %rax
    mov %eax, %ss
    popfq
    pop %rbp
    pop %rbx
    ret

    .section .note.GNU-stack, "", @progbits
