/*
 * From the firmware's address space to the hypervisor's. The address space
 * changes while this runs, so the part that changes it is copied to a page
 * that has the same address in both.
 */
#define LAUNCH_RIP   0
#define LAUNCH_RSP   8
#define JUMP_PAGE    0
#define JUMP_CR3     8
#define JUMP_STACK   16
#define JUMP_ENTRY   24
#define JUMP_LAUNCH  32
#define JUMP_HANDOFF 40

#define MSR_EFER     0xC0000080
#define EFER_NXE     11
#define CR4_PGE      7
#define CR4_PCIDE    17

    .text
    .globl launch_enter, launch_code_start, launch_code_end
    .hidden launch_enter, launch_code_start, launch_code_end

/* uint64_t launch_enter(struct hv_launch *launch, const struct launch_jump *jump) */
launch_enter:
    pushq %rbx
    pushq %rbp
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, LAUNCH_RSP(%rdi)
    leaq resume(%rip), %rax
    movq %rax, LAUNCH_RIP(%rdi)
    movq JUMP_PAGE(%rsi), %rax
    movq JUMP_CR3(%rsi), %r8
    movq JUMP_STACK(%rsi), %r9
    movq JUMP_ENTRY(%rsi), %r10
    movq JUMP_LAUNCH(%rsi), %rdi
    movq JUMP_HANDOFF(%rsi), %rsi
    cli
    jmp *%rax
resume: /* VTL0: every register but RAX and RSP is to be taken as lost */
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    retq

launch_code_start:
    movl $MSR_EFER, %ecx /* the hypervisor's tables use NX */
    rdmsr
    btsl $EFER_NXE, %eax
    wrmsr
    movq %cr4, %rax      /* no translation of the firmware's may survive, global or tagged */
    btrq $CR4_PGE, %rax
    btrq $CR4_PCIDE, %rax
    movq %rax, %cr4
    movq %r8, %cr3
    movq %r9, %rsp
    xorl %ebp, %ebp
    jmp *%r10
launch_code_end:

    .section .note.GNU-stack, "", @progbits
