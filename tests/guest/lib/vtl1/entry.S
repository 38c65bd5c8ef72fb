/*
 * The world switch of the test payload. The shared registers are put aside in
 * the order of struct vtl_registers and put back as they are then; RSP is
 * VTL1's own and at the end of the processor's area (cpu.h) between calls.
 */
#define AREA_SIZE 32768
#define VTL_RETURN 0x12
#define STYLE_DIRECT 2

    .macro save_registers
    push %rax
    push %rbx
    push %rcx
    push %rdx
    push %rsi
    push %rdi
    push %rbp
    push %r8
    push %r9
    push %r10
    push %r11
    push %r12
    push %r13
    push %r14
    push %r15
    mov %cr2, %rax
    push %rax
    cld
    mov %rsp, %rdi
    .endm

    .section .text.entry, "ax", @progbits
    .globl _start
_start:
    lea cpus + AREA_SIZE(%rip), %rsp
    save_registers
    call boot_first
    jmp leave

#include <guest/vmcall.inc>

    .text
    .globl processor_start
processor_start:
    save_registers
    call boot_further

leave:
    pop %rax
    mov %rax, %cr2
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %r11
    pop %r10
    pop %r9
    pop %r8
    pop %rbp
    pop %rdi
    pop %rsi
    pop %rdx
    pop %rcx
    pop %rbx
    pop %rax
    /* RAX and RCX are the switch's own: the style of return is the first word of the area. */
    mov -AREA_SIZE(%rsp), %ecx
    test $STYLE_DIRECT, %ecx
    jnz 1f
    call *vtl_return_entry(%rip)
    jmp 2f
1:  mov %ecx, %eax
    and $1, %eax
    mov $VTL_RETURN, %ecx
    hypercall_instruction
2:  save_registers
    call entered
    jmp leave

    /* Filled in by the hypervisor; text, so that it is executable from the start. */
    .balign 4096
    .globl guest_hypercall_page
guest_hypercall_page:
    .skip 4096, 0xCC

    .section .note.GNU-stack, "", @progbits
