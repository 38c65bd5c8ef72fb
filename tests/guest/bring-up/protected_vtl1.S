/*
 * VTL1 in 32-bit protected mode (protected.c). EBP is VTL0's, which has the
 * area's address in it: nothing here has an address of its own.
 */
    .text
    .globl protected_first
    .hidden protected_first
    .code32
protected_first:
    mov %cr0, %eax
    mov %eax, (%ebp)
    mov %cr3, %eax
    mov %eax, 4(%ebp)
    cmpl $0, 60(%ebp)
    je 1f
    mov %eax, %cr3
1:  mov %cr4, %eax
    mov %eax, 8(%ebp)
    mov $0xC0000080, %ecx
    rdmsr
    mov %eax, 12(%ebp)
    mov %cs, %eax
    mov %eax, 16(%ebp)
    mov %esp, 20(%ebp)
    mov 24(%ebp), %eax
    mov 28(%ebp), %ebx
    mov 32(%ebp), %ecx
    mov 36(%ebp), %edx
    mov 40(%ebp), %esi
    mov 44(%ebp), %edi
    call *48(%ebp)
    mov %eax, 24(%ebp)
    mov %edx, 36(%ebp)
    incl 64(%ebp)
    mov 56(%ebp), %ecx
    call *52(%ebp) /* comes back at VTL0's next call */
    jmp protected_first
    .code64

/* VTL0's: an access with no general register in it. */
    .globl protected_touch
    .hidden protected_touch
protected_touch:
    incb %gs:0
    ret

    .section .note.GNU-stack, "", @progbits
