/*
 * uint64_t vina_call(uint64_t command, uint64_t a, uint64_t b): a VTL call in
 * the shadow of STI, so that what is pending finds VTL0 with IF set and has
 * not been taken by it. VTL1 keeps every register but RAX, RCX and R9.
 */
    .hidden uses_vmcall

    .text
    .globl vina_call
    .hidden vina_call
vina_call:
    mov %rdx, %r9
    mov %rdi, %rdx
    mov %rsi, %r8
    xor %r10d, %r10d
    mov $0x11, %ecx
    xor %eax, %eax
    cmpb $0, uses_vmcall(%rip)
    jne 1f
    sti
    vmmcall
    ret
1:  sti
    vmcall
    ret

    .section .note.GNU-stack, "", @progbits
