/* Real mode, CS = the page: says under which hypervisor it is, then counts. Position independent; data through CS. */
    .section .rodata
    .globl trampoline, trampoline_end
    .hidden trampoline, trampoline_end
    .balign 16
    .code16
trampoline:
    cli
    jmp 1f
    .balign 8, 0x90
    .skip 24, 0 /* struct landing */
1:  mov $0x40000001, %eax
    cpuid
    mov %eax, %cs:12
    mov $0x40000000, %eax
    cpuid
    mov %ebx, %cs:16
    mov $1, %eax
    cpuid
    shr $24, %ebx
    mov %ebx, %cs:20
    lock incl %cs:8
2:  lock incl %cs:24
    pause
    jmp 2b
trampoline_end:
    .code64

    .section .note.GNU-stack, "", @progbits
