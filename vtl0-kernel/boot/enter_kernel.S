/* void boot_enter_kernel(struct boot_info *boot, uint64_t stack_top) */
    .text
    .global boot_enter_kernel
    .hidden boot_enter_kernel
boot_enter_kernel:
    cli
    cld
    movq %rsi, %rsp
    xorl %ebp, %ebp
    call kernel_main
    ud2
    .section .note.GNU-stack, "", @progbits
