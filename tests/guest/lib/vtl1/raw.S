/* Instructions that may fault: the trap handler goes on at the fixup, the vector in RSI (traps.c). */
#include <guest/vmcall.inc>

    .set PAGE_IMMEDIATE, 0x1C3 /* guest/commands.h */

    .macro may_fault at, fixup
    .pushsection .exception_table, "a", @progbits
    .quad \at, \fixup
    .popsection
    .endm

    .text
    .globl try_read_msr
try_read_msr:
    mov %edi, %ecx
    mov %rsi, %r8
    xor %esi, %esi
1:  rdmsr
    shl $32, %rdx
    or %rdx, %rax
    mov %rax, (%r8)
2:  mov %rsi, %rax
    ret
    may_fault 1b, 2b

    .globl try_write_msr
try_write_msr:
    mov %edi, %ecx
    mov %rsi, %rdx
    mov %esi, %eax
    shr $32, %rdx
    xor %esi, %esi
1:  wrmsr
2:  mov %rsi, %rax
    ret
    may_fault 1b, 2b

    .globl try_vmmcall
try_vmmcall:
    mov %rdi, %rax
    mov %rsi, %rcx
    xor %esi, %esi
    cmpb $0, uses_vmcall(%rip)
    jne 3f
1:  vmmcall
2:  mov %rsi, %rax
    ret
3:  vmcall
    jmp 2b
    may_fault 1b, 2b
    may_fault 3b, 2b

    /* struct page_answer page_NAME(address, fault, value) (apic_page.c) */
    .macro page_form name, instruction
    .globl page_\name
page_\name:
    mov %rdx, %rax
    xor %esi, %esi
1:  \instruction
2:  mov %rsi, %rdx
    ret
    may_fault 1b, 2b
    .endm

    page_form load_32, "mov (%rdi), %eax"
    page_form store_32, "mov %eax, (%rdi)"
    page_form exchange_32, "xchg %eax, (%rdi)"
    page_form load_8, "mov (%rdi), %ah"
    page_form load_16, "mov (%rdi), %ax"
    page_form load_64, "mov (%rdi), %rax"
    page_form store_8, "mov %al, (%rdi)"
    page_form store_64, "mov %rax, (%rdi)"
    page_form or_32, "or %eax, (%rdi)"
    page_form store_immediate, "movl $PAGE_IMMEDIATE, (%rdi)"

    .globl direct_hypercall
direct_hypercall:
    hypercall_instruction
    ret

    .globl save_xmm
save_xmm:
    .set n, 0
    .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movups %xmm\r, 16 * \r(%rdi)
    .endr
    ret

    .globl complement_xmm
complement_xmm:
    sub $32, %rsp
    movups %xmm0, (%rsp)
    movups %xmm1, 16(%rsp)
    pcmpeqd %xmm0, %xmm0
    .irp r, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    pxor %xmm0, %xmm\r
    .endr
    movups 16(%rsp), %xmm1
    pxor %xmm0, %xmm1
    notq (%rsp)
    notq 8(%rsp)
    movups (%rsp), %xmm0
    add $32, %rsp
    ret

    /*
     * Stubs of exceptions and interrupts, which share the vectors from 16 on: whether there is an error code, the stack
     * says, which is aligned before the frame is pushed (SDM vol. 3A, "64-Bit Mode Stack Frame").
     */
    .altmacro
    .macro stub vector
    .balign 32
    testb $8, %spl
    jz 1f
    pushq $0
1:
    pushq $\vector
    jmp trap_common
    .endm

    .balign 32
    .globl trap_stubs
trap_stubs:
    .set vector, 0
    .rept 256
    stub %vector
    .set vector, vector + 1
    .endr

trap_common:
    push %rax
    push %rcx
    push %rdx
    push %rsi
    push %rdi
    push %r8
    push %r9
    push %r10
    push %r11
    cld
    mov %rsp, %rdi
    call trap
    pop %r11
    pop %r10
    pop %r9
    pop %r8
    pop %rdi
    pop %rsi
    pop %rdx
    pop %rcx
    pop %rax
    add $16, %rsp
    iretq

    .section .note.GNU-stack, "", @progbits
