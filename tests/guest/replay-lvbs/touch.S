    .text
    .globl lvbs_write_cr0
    .hidden lvbs_write_cr0
lvbs_write_cr0: /* RDI -> CR0 */
    mov %rdi, %cr0
    ret

    .section .note.GNU-stack, "", @progbits
