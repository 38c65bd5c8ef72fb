/*
 * The way in and out of ring 0. Offsets into struct trap_frame and struct
 * processor are asserted in <vtl0/trap.h> and <vtl0/processor.h>.
 */
    .equ FRAME_SIZE, 176
    .equ PROCESSOR_USER_FRAME, 8
    .equ PROCESSOR_KERNEL_STACK, 16
    .equ PROCESSOR_SCRATCH, 24
    .equ PROCESSOR_TSS_RSP0, 64 + 4
    .equ RFLAGS_AC, 0x40000
    .equ USER_SS, 0x23
    .equ USER_CS, 0x2B

    .text

.macro PUSH_REGISTERS
    .irp register, rax, rcx, rdx, rbx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
    pushq %\register
    .endr
.endm

.macro POP_REGISTERS
    .irp register, r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax
    popq %\register
    .endr
.endm

/* 256 stubs of 16 bytes: those without an error code push a zero for it, then the vector. */
    .balign 16
    .global trap_stubs
    .hidden trap_stubs
trap_stubs:
    .set vector, 0
    .rept 256
    .balign 16
    .if (vector == 8) || ((vector >= 10) && (vector <= 14)) || (vector == 17) || (vector == 21) || (vector == 29) || (vector == 30)
    .else
    pushq $0
    .endif
    pushq $vector
    jmp trap_common
    .set vector, vector + 1
    .endr

    .balign 16
trap_common:
    testb $3, 24(%rsp)
    jz 1f
    swapgs
    pushfq /* an interrupt leaves AC as ring 3 had it; with SMAP on, AC is ring 0's permission to touch user pages */
    andq $~RFLAGS_AC, (%rsp)
    popfq
1:
    PUSH_REGISTERS
    cld
    movq %rsp, %rdi
    call trap_dispatch
    POP_REGISTERS
    testb $3, 24(%rsp)
    jz 2f
    swapgs
2:
    addq $16, %rsp
    iretq

/* void user_enter(struct trap_frame *frame): to ring 3 with these registers; returns through user_leave. */
    .global user_enter
    .hidden user_enter
user_enter:
    pushq %rbx
    pushq %rbp
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    cli
    movq %rsp, %gs:PROCESSOR_KERNEL_STACK
    movq %rsp, %gs:PROCESSOR_TSS_RSP0
    movq %rdi, %gs:PROCESSOR_USER_FRAME
    movq %rdi, %rsp
    POP_REGISTERS
    addq $16, %rsp
    swapgs
    iretq

/* void user_leave(void): ends the last user_enter of this processor, on its stack, with interrupts off. */
    .global user_leave
    .hidden user_leave
user_leave:
    cli
    movq %gs:PROCESSOR_KERNEL_STACK, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    ret

/* SYSCALL comes here with interrupts off (SFMASK) and ring 3's stack: the registers go into the process's own frame. */
    .global syscall_entry
    .hidden syscall_entry
    .balign 16
syscall_entry:
    swapgs
    movq %rsp, %gs:PROCESSOR_SCRATCH
    movq %gs:PROCESSOR_USER_FRAME, %rsp
    addq $FRAME_SIZE, %rsp
    pushq $USER_SS
    pushq %gs:PROCESSOR_SCRATCH
    pushq %r11
    pushq $USER_CS
    pushq %rcx
    pushq $0
    pushq $0
    PUSH_REGISTERS
    movq %rsp, %rdi
    movq %gs:PROCESSOR_KERNEL_STACK, %rsp
    andq $-16, %rsp
    call syscall_dispatch
    cli
    testb %al, %al
    jz user_leave
    movq %gs:PROCESSOR_USER_FRAME, %rsp
    POP_REGISTERS
    /* RCX and R11 are the RIP and RFLAGS the processor put there; ring 3 ends far below the canonical limit. */
    movq 40(%rsp), %rsp
    swapgs
    sysretq

    .section .note.GNU-stack, "", @progbits
