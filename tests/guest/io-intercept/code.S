/* Instructions that touch ports. RDI: struct io_run, whose registers are loaded before and kept behind. */
    .macro form name, instruction:vararg
    .globl code_\name, code_\name\()_at
    .hidden code_\name, code_\name\()_at
code_\name:
    mov %rdi, %r11
    mov (%r11), %rax
    mov 8(%r11), %rdx
    mov 16(%r11), %rcx
    mov 24(%r11), %rsi
    mov 32(%r11), %rdi
    .ifc \name, out_behind_sti
    sti
    .endif
    .ifc \name, out_behind_mov_ss
    mov %ss, %r10d
    mov %r10d, %ss
    .endif
    .ifc \name, rep_insb_down
    std
    .endif
code_\name\()_at:
    \instruction
    cld
    jmp keep
    .endm

    .text
    form out8, out %al, %dx
    form out16, out %ax, %dx
    form out32, out %eax, %dx
    form out8_imm, out %al, $0x80
    form in8, in %dx, %al
    form in16, in %dx, %ax
    form in32, in %dx, %eax
    form in8_imm, in $0x80, %al
    form outsb, outsb
    form rep_outsw, rep outsw
    form outsd_fs, .byte 0x64, 0x6F
    form insb, insb
    form rep_insd, rep insl
    form rep_insb, rep insb
    form rep_insw, rep insw
    form rep_outsb, rep outsb
    form insb_32, .byte 0x67, 0x6C
    form rep_insb_down, rep insb
    form out_behind_sti, out %al, %dx
    form out_behind_mov_ss, out %al, %dx

keep:
    mov %rax, 40(%r11)
    mov %rdx, 48(%r11)
    mov %rcx, 56(%r11)
    mov %rsi, 64(%r11)
    mov %rdi, 72(%r11)
    ret

    .section .note.GNU-stack, "", @progbits
