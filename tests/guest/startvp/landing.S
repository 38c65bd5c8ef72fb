/*
 * Where a processor lands in 32-bit protected mode (protected.c). ESP has the
 * area's address: nothing here has an address of its own.
 */
    .text
    .globl landing_32, landing_32_end
    .hidden landing_32, landing_32_end
    .code32
landing_32:
    or %ebx, %eax
    or %ecx, %eax
    or %esi, %eax
    or %edi, %eax
    or %ebp, %eax
    mov %esp, %ebp
    mov %eax, (%ebp)
    mov %edx, 64(%ebp)
    mov %cr0, %eax
    mov %eax, 4(%ebp)
    mov %cr3, %eax
    mov %eax, 8(%ebp)
    mov %cr4, %eax
    mov %eax, 12(%ebp)
    mov $0xC0000080, %ecx
    rdmsr
    mov %eax, 16(%ebp)
    mov %cs, %eax
    mov %eax, 20(%ebp)
    mov %esp, 24(%ebp)
    mov 28(%ebp), %eax
    mov 32(%ebp), %edx
    xor %ebx, %ebx
    mov 36(%ebp), %ecx
    xor %edi, %edi
    mov 40(%ebp), %esi
    call *44(%ebp)
    mov %eax, 28(%ebp)
    mov %edx, 32(%ebp)
    incl 48(%ebp)
1:  incl 56(%ebp)
    pause
    jmp 1b
landing_32_end:
    .code64

    .section .note.GNU-stack, "", @progbits
