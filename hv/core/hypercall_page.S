/*
 * What the hypercall page holds (TLFS, "Establishing the Hypercall Interface"):
 * offset 0 the hypercall, 10h the VTL call, 20h the VTL return. The control
 * value comes in RCX and leaves in RAX; RCX carries the call code. At 30h and
 * 40h the same for 32-bit callers, whose call code is in EDX:EAX and whose
 * control value stays in ECX: these are the same bytes in 32-bit mode. The
 * rest of the page is INT3. One page for each vendor's instruction.
 */
    .macro page name instruction
    .globl \name
    .balign 16
\name:
    \instruction
    ret
    .balign 16, 0xCC
    mov     %rcx, %rax
    mov     $0x11, %ecx
    \instruction
    ret
    .balign 16, 0xCC
    mov     %rcx, %rax
    mov     $0x12, %ecx
    \instruction
    ret
    .balign 16, 0xCC
    mov     $0x11, %eax
    xor     %edx, %edx
    \instruction
    ret
    .balign 16, 0xCC
    mov     $0x12, %eax
    xor     %edx, %edx
    \instruction
    ret
    .balign 16, 0xCC
    .endm

    .section .rodata
    page    hypercall_page_vmmcall vmmcall
    page    hypercall_page_vmcall vmcall
    .org    hypercall_page_vmcall + 0x50 /* HYPERCALL_PAGE_SIZE */

    .section .note.GNU-stack, "", @progbits
