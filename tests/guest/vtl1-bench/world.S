/* The stub page and the two switches. See world.h. */
    .data
    .balign 8
    .globl world_in, world_out, world_vtl1_rsp, world_vtl1_cr3, world_enter_address, world_enter_at_address
world_in: .fill 13, 8, 0
world_out: .fill 13, 8, 0
world_vtl1_rsp: .quad 0
world_vtl1_cr3: .quad 0
world_enter_address: .quad 0
world_enter_at_address: .quad 0
vtl0_rsp: .quad 0
saved_gdt: .fill 16, 1, 0
saved_idt: .fill 16, 1, 0
saved_cs: .quad 0
saved_ss: .quad 0
saved_cr3: .quad 0

    .balign 4096
    .globl world_stub, world_stub_cr3, world_stub_handler, world_stub_stack, world_stub_return
world_stub:
    /* RCX control, RDX input, R8 output; R9-R11 are the caller's loss. Its stack may not exist in the bench's tables. */
    mov %rsp, %r9
    mov %cr3, %r10
    mov world_stub_cr3(%rip), %rax
    mov %rax, %cr3
    mov world_stub_stack(%rip), %rsp
    push %r9
    push %r10
    push %rcx
    push %rdx
    push %r8
    push %rsi
    push %rdi
    push %rdi
    mov %rcx, %rdi
    mov %rdx, %rsi
    mov %r8, %rdx
    call *world_stub_handler(%rip)
    pop %rdi
    pop %rdi
    pop %rsi
    pop %r8
    pop %rdx
    pop %rcx
    pop %r10
    pop %r9
    mov %r10, %cr3
    mov %r9, %rsp
    ret
    .org world_stub + 0x80, 0xCC
    /* RAX and RCX are free here: a non-fast return takes them from the assist page. */
    mov %cr3, %rcx
    mov world_stub_cr3(%rip), %rax
    mov %rax, %cr3
    jmp *world_stub_return(%rip)
    .org world_stub + 0x100, 0xCC
    mov %rax, %cr3
    ret
    .org world_stub + 0x120, 0xCC
    mov %rax, %cr3
    jmp *%rcx
    .org world_stub + 0xF00, 0xCC
world_stub_cr3: .quad 0
world_stub_handler: .quad 0
world_stub_stack: .quad 0
world_stub_return: .quad 0
    .org world_stub + 0x1000, 0xCC

    .text
    .macro leave_vtl0
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rsp, vtl0_rsp(%rip)
    .endm

    .macro load_registers
    lea world_in(%rip), %r15
    mov 0(%r15), %rbx
    mov 8(%r15), %rbp
    mov 16(%r15), %rsi
    mov 24(%r15), %rdi
    mov 32(%r15), %r8
    mov 40(%r15), %r9
    mov 48(%r15), %r10
    mov 56(%r15), %r11
    mov 64(%r15), %r12
    mov 72(%r15), %r13
    mov 80(%r15), %r14
    mov 96(%r15), %rdx
    mov 88(%r15), %r15
    .endm

    .globl world_start
world_start:
    leave_vtl0
    mov %rdi, %rcx
    mov %rsi, %rsp
    mov %rdx, %rax
    load_registers
    jmp *world_enter_at_address(%rip)

    .globl world_call
world_call:
    leave_vtl0
    mov world_vtl1_rsp(%rip), %rsp
    mov world_vtl1_cr3(%rip), %rax
    mov $0x11, %ecx
    load_registers
    jmp *world_enter_address(%rip)

    .globl world_return
world_return:
    mov %rcx, world_vtl1_cr3(%rip)
    mov %rsp, world_vtl1_rsp(%rip)
    lea world_out(%rip), %rax
    mov %rbx, 0(%rax)
    mov %rbp, 8(%rax)
    mov %rsi, 16(%rax)
    mov %rdi, 24(%rax)
    mov %r8, 32(%rax)
    mov %r9, 40(%rax)
    mov %r10, 48(%rax)
    mov %r11, 56(%rax)
    mov %r12, 64(%rax)
    mov %r13, 72(%rax)
    mov %r14, 80(%rax)
    mov %r15, 88(%rax)
    mov %rdx, 96(%rax)
    mov vtl0_rsp(%rip), %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    cld
    ret

    .globl world_save_tables
world_save_tables:
    sgdt saved_gdt(%rip)
    sidt saved_idt(%rip)
    mov %cs, %eax
    mov %rax, saved_cs(%rip)
    mov %ss, %eax
    mov %rax, saved_ss(%rip)
    mov %cr3, %rax
    mov %rax, saved_cr3(%rip)
    ret

    .globl world_restore_tables
world_restore_tables:
    mov saved_cr3(%rip), %rax
    mov %rax, %cr3
    lgdt saved_gdt(%rip)
    lidt saved_idt(%rip)
    mov saved_ss(%rip), %rax
    mov %eax, %ss
    mov %eax, %ds
    mov %eax, %es
    pop %rcx
    push saved_cs(%rip)
    push %rcx
    lretq

    .section .note.GNU-stack, "", @progbits
