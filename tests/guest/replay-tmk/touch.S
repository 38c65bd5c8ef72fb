/*
 * What VTL0 does to what VTL1 protects: the pointer, and the number of the
 * MSR, are in RAX and RCX alone, which VTL1's return does not bring back. The
 * rest of the registers VTL1 leaves as it likes.
 */
    .macro keep_registers
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    .endm
    .macro end
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    ret
    .endm

    .text
    .globl touch_read, touch_write, touch_read_counted, touch_wrmsr
    .hidden touch_read, touch_write, touch_read_counted, touch_wrmsr

touch_read: /* RDI: the page. -> the byte */
    keep_registers
    mov %rdi, %rax
    movb 10(%rax), %al
    movzbl %al, %eax
    end

touch_write: /* -> where RAX points afterwards */
    keep_registers
    mov %rdi, %rax
    movb $0x55, 10(%rax)
    end

touch_read_counted: /* VTL1 moves RIP behind the load, which is 3 bytes long. -> 0x77, or what was read */
    keep_registers
    mov %rdi, %rax
    movb 10(%rax), %al
    mov $0x77, %eax
    end

touch_wrmsr: /* RDI: MSR and value, 8 bytes each. -> RCX afterwards */
    keep_registers
    mov (%rdi), %ecx
    mov 8(%rdi), %eax
    mov 12(%rdi), %edx
    wrmsr
    mov %ecx, %eax
    end

    .globl tmk_parked
    .hidden tmk_parked
tmk_parked:
    hlt
    jmp tmk_parked

    .section .note.GNU-stack, "", @progbits
