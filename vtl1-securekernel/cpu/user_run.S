/*
 * Ring 3 entered and left. user_run looks like an ordinary function call to C;
 * ring 3 leaves through syscall_entry or, by way of the IDT, user_leave.
 */
#include <sk/cpu_offsets.h>
#include <sk/ring3.h>

    .text
    .globl user_run
    .type user_run, @function
user_run:
    push %rbp
    push %rbx
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rsp, %gs:CPU_KERNEL_RSP
    mov %rsp, %gs:CPU_TSS_RSP0
    mov %rdi, %gs:CPU_CONTEXT
    PUSH_RING3_DATA
    pushq CONTEXT_RSP(%rdi)
    pushq CONTEXT_RFLAGS(%rdi)
    PUSH_RING3_CODE
    pushq CONTEXT_RIP(%rdi)
    /* What one trustlet left in a segment register is not for the next one. GS's base is ring 3's from here on, as its selector. */
    swapgs
    xor %eax, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %fs
    mov %eax, %gs
    mov CONTEXT_RAX(%rdi), %rax
    mov CONTEXT_RBX(%rdi), %rbx
    mov CONTEXT_RCX(%rdi), %rcx
    mov CONTEXT_RDX(%rdi), %rdx
    mov CONTEXT_RSI(%rdi), %rsi
    mov CONTEXT_RBP(%rdi), %rbp
    mov CONTEXT_R8(%rdi), %r8
    mov CONTEXT_R9(%rdi), %r9
    mov CONTEXT_R10(%rdi), %r10
    mov CONTEXT_R11(%rdi), %r11
    mov CONTEXT_R12(%rdi), %r12
    mov CONTEXT_R13(%rdi), %r13
    mov CONTEXT_R14(%rdi), %r14
    mov CONTEXT_R15(%rdi), %r15
    mov CONTEXT_RDI(%rdi), %rdi
    iretq /* an interrupted thread goes on with every register it had, which SYSRET could not do */
    .size user_run, . - user_run

    .globl syscall_entry
    .type syscall_entry, @function
syscall_entry:
    swapgs
    mov %rsp, %gs:CPU_USER_RSP
    mov %gs:CPU_CONTEXT, %rsp
    mov %rax, CONTEXT_RAX(%rsp)
    mov %rbx, CONTEXT_RBX(%rsp)
    mov %rcx, CONTEXT_RCX(%rsp)
    mov %rdx, CONTEXT_RDX(%rsp)
    mov %rsi, CONTEXT_RSI(%rsp)
    mov %rdi, CONTEXT_RDI(%rsp)
    mov %rbp, CONTEXT_RBP(%rsp)
    mov %r8, CONTEXT_R8(%rsp)
    mov %r9, CONTEXT_R9(%rsp)
    mov %r10, CONTEXT_R10(%rsp)
    mov %r11, CONTEXT_R11(%rsp)
    mov %r12, CONTEXT_R12(%rsp)
    mov %r13, CONTEXT_R13(%rsp)
    mov %r14, CONTEXT_R14(%rsp)
    mov %r15, CONTEXT_R15(%rsp)
    mov %rcx, CONTEXT_RIP(%rsp)
    mov %r11, CONTEXT_RFLAGS(%rsp)
    mov %gs:CPU_USER_RSP, %rax
    mov %rax, CONTEXT_RSP(%rsp)
    mov $USER_EXIT_SYSCALL, %eax
    jmp leave_user
    .size syscall_entry, . - syscall_entry

    .globl user_leave
    .type user_leave, @function
user_leave:
    /* Coming from ring 3 left a null SS (AMD APM volume 2, "Long-Mode Interrupt Control Transfers"); ring 0 has a real one. */
    mov $SELECTOR_KERNEL_DATA, %eax
    mov %eax, %ss
    mov %edi, %eax
leave_user:
    mov %gs:CPU_KERNEL_RSP, %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbx
    pop %rbp
    ret
    .size user_leave, . - user_leave

    .section .note.GNU-stack, "", @progbits
