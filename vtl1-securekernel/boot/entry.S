/*
 * The world switch. VTL0's general registers are shared with VTL1 (TLFS,
 * "Shared state"): they are saved before anything else happens and put back
 * as the last thing, in the order of struct vtl_registers. RSP, RIP and RFLAGS
 * are each VTL's own, so execution goes on behind the hypercall page's VTL
 * return when VTL0 comes again.
 */
#include <sk/cpu_offsets.h>

#define VTL_RETURN_CALL_CODE 0x12
#define BAD_BLOCK_BY_FAST_RETURN 1 /* VTL1_BOOT_BAD_BLOCK, and the fast bit of the control value */

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

    .macro restore_registers
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
    .endm

    .section .text.entry, "ax", @progbits
    .globl _start
    .type _start, @function
_start:
    /* The loader's stack is not needed: not even one push goes there. */
    lea boot_stack_top(%rip), %rsp
    save_registers
    call guard_draw
    mov %rsp, %rdi
    call boot_first_processor
    jmp after_boot
    .size _start, . - _start

    .text
    .globl processor_start
    .type processor_start, @function
processor_start:
    /* RSP as boot/processors.c set it: on this processor's own stack, struct cpu * above. */
    save_registers
    mov VTL_REGISTERS_SIZE(%rsp), %rsi
    call boot_further_processor
after_boot:
    test %al, %al
    jz refuse

leave_vtl1:
    restore_registers
    xor %ecx, %ecx /* VTL return control: not fast, RAX and RCX come from the assist page */
    call *%gs:CPU_VTL_RETURN
    save_registers
    call vtl_entry
    jmp leave_vtl1
    .size processor_start, . - processor_start

    /*
     * No assist page or no hypercall page: a fast return leaves the control
     * value in RAX, and that is the one status it can carry. Every later call
     * gets it too.
     */
refuse:
    restore_registers
1:  mov $BAD_BLOCK_BY_FAST_RETURN, %eax
    mov $VTL_RETURN_CALL_CODE, %ecx
    cmpb $0, uses_vmcall(%rip)
    jne 2f
    vmmcall
    jmp 1b
2:  vmcall
    jmp 1b

    .section .note.GNU-stack, "", @progbits
