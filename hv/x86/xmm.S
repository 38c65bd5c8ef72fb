/*
 * hv/xmm.h. The legacy encodings leave bits 255:128 as they are and do not
 * look at XCR0; CR0.TS and EM are clear and CR4.OSFXSR is set in the
 * hypervisor (launch.c), whatever the guest has.
 */
    .text
    .globl xmm_read, xmm_write
    .type xmm_read, @function
    .type xmm_write, @function
xmm_read:
    .irp n, 0, 1, 2, 3, 4, 5
    movups  %xmm\n, 16 * \n(%rdi)
    .endr
    ret
xmm_write:
    .irp n, 0, 1, 2, 3, 4, 5
    movups  16 * \n(%rdi), %xmm\n
    .endr
    ret

    .section .note.GNU-stack, "", @progbits
