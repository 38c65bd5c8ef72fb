/*
 * What the hypercall page holds (TLFS, "Establishing the Hypercall Interface"):
 * offset 0 the hypercall, 10h the VTL call, 20h the VTL return. The control
 * value comes in RCX and leaves in RAX; RCX carries the call code. The rest of
 * the page is INT3.
 */
    .section .rodata
    .globl hypercall_page_code, hypercall_page_code_end
    .balign 16
hypercall_page_code:
    vmmcall
    ret
    .balign 16, 0xCC
    mov     %rcx, %rax
    mov     $0x11, %ecx
    vmmcall
    ret
    .balign 16, 0xCC
    mov     %rcx, %rax
    mov     $0x12, %ecx
    vmmcall
    ret
    .balign 16, 0xCC
hypercall_page_code_end:

    .section .note.GNU-stack, "", @progbits
