/*
 * Entry of the boot processor (Multiboot, 32-bit) and of the application
 * processor (real mode, from a SIPI). Both end in long mode on identity page
 * tables of the first 4 GiB.
 */
    .set MULTIBOOT_MAGIC, 0x1BADB002

    .section .multiboot, "a"
    .balign 4
    .long MULTIBOOT_MAGIC
    .long 0
    .long -MULTIBOOT_MAGIC

    .text
    .code32
    .global entry
entry:
    cli
    movl %ebx, boot_information
    movl $boot_stack_end, %esp
    lgdtl gdt_pointer
    movl $boot_main, %esi
    jmp enter_long_mode

/* esi = C function to call, esp = stack. */
enter_long_mode:
    movl $identity_pml4, %eax
    movl %eax, %cr3
    movl %cr4, %eax
    orl $0x20, %eax                 /* PAE */
    movl %eax, %cr4
    movl $0xC0000080, %ecx          /* EFER */
    rdmsr
    orl $0x900, %eax                /* LME, NXE */
    wrmsr
    movl %cr0, %eax
    andl $0x9FFFFFFF, %eax          /* CD, NW off */
    orl $0x80010001, %eax           /* PG, WP, PE */
    movl %eax, %cr0
    ljmpl $0x08, $long_mode

    .code64
long_mode:
    movw $0x10, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movw %ax, %fs
    movw %ax, %gs
    movl %esi, %esi
    movl %esp, %esp
    xorl %ebp, %ebp
    call *%rsi
1:  cli
    hlt
    jmp 1b

/* Copied to page 8 by smp.c: the first instructions after a SIPI. */
    .code16
    .global trampoline_start, trampoline_end
trampoline_start:
    cli
    xorw %ax, %ax
    movw %ax, %ds
    lgdtl 0x8000 + (trampoline_gdt - trampoline_start)
    movl %cr0, %eax
    andl $0x9FFFFFFF, %eax
    orl $1, %eax
    movl %eax, %cr0
    ljmpl $0x18, $application_entry
    .balign 8
trampoline_gdt:
    .word gdt_end - gdt - 1
    .long gdt
trampoline_end:

    .code32
application_entry:
    movw $0x10, %ax
    movw %ax, %ds
    movw %ax, %ss
    movl $application_stack_end, %esp
    movl $application_main, %esi
    jmp enter_long_mode

    .data
    .balign 8
    .global gdt, gdt_pointer
gdt:
    .quad 0
    .quad 0x00AF9B000000FFFF        /* 08: 64-bit code */
    .quad 0x00CF93000000FFFF        /* 10: data */
    .quad 0x00CF9B000000FFFF        /* 18: 32-bit code */
    .quad 0, 0, 0, 0                /* 20, 30: one TSS for each processor */
gdt_end:
gdt_pointer:
    .word gdt_end - gdt - 1
    .quad gdt

    .global boot_information
boot_information:
    .long 0

    .balign 4096
    .global identity_pml4
identity_pml4:
    .quad identity_pdpt + 3
    .fill 511, 8, 0
identity_pdpt:
    .quad identity_pd + 3, identity_pd + 0x1003, identity_pd + 0x2003, identity_pd + 0x3003
    .fill 508, 8, 0
identity_pd:
    .set address, 0
    .rept 2048
    .quad address + 0x83
    .set address, address + 0x200000
    .endr

    .bss
    .balign 16
    .skip 32768
boot_stack_end:
    .skip 32768
application_stack_end:

    .section .note.GNU-stack, "", @progbits
