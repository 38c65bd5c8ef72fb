/*
 * The first instructions of a started processor: copied to a page below
 * 1 MiB, entered in real mode with CS = page >> 4 and IP = 0, straight into
 * 64-bit mode (AMD64 APM 2, "Long-Mode Initialization"; paging and protection
 * are switched on together). The kernel fills the fields at the end.
 */
    .section .rodata
    .balign 16
    .global trampoline_start, trampoline_end, trampoline_fields
    .hidden trampoline_start, trampoline_end, trampoline_fields
    .equ CR0_VALUE, 0x80010033
    .equ CR4_VALUE, 0x20
    .equ MSR_EFER, 0xC0000080
    .equ EFER_VALUE, 0x900 /* LME, NXE */

    .code16
trampoline_start:
    cli
    cld
    movw %cs, %ax
    movw %ax, %ds
    lgdtl trampoline_gdtr - trampoline_start
    movl $CR4_VALUE, %eax
    movl %eax, %cr4
    movl trampoline_cr3 - trampoline_start, %eax
    movl %eax, %cr3
    movl $MSR_EFER, %ecx
    rdmsr
    orl $EFER_VALUE, %eax
    wrmsr
    movl $CR0_VALUE, %eax
    movl %eax, %cr0
    ljmpl *(trampoline_target - trampoline_start)

    .code64
    .balign 16
trampoline_64:
    movl $0x10, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    xorl %eax, %eax
    movl %eax, %fs
    movl %eax, %gs
    movq trampoline_stack(%rip), %rsp
    movq trampoline_processor(%rip), %rdi
    xorl %ebp, %ebp
    call *trampoline_entry(%rip)
    ud2

    .balign 16
trampoline_gdt:
    .quad 0
    .quad 0x00AF9B000000FFFF
    .quad 0x00CF93000000FFFF
trampoline_gdt_end:

    .balign 8
trampoline_fields: /* struct trampoline_fields of smp.c */
trampoline_gdtr:
    .word trampoline_gdt_end - trampoline_gdt - 1
    .long trampoline_gdt - trampoline_start /* + page */
    .word 0
trampoline_target:
    .long trampoline_64 - trampoline_start /* + page */
    .word 0x08, 0
trampoline_cr3:
    .quad 0
trampoline_stack:
    .quad 0
trampoline_processor:
    .quad 0
trampoline_entry:
    .quad 0
trampoline_end:

    .section .note.GNU-stack, "", @progbits
