/*
 * Code that runs inside the trials' guests. Every VMMCALL is noted in a table,
 * because under VMX it has to become a VMCALL (vmx.c).
 */
    .macro vmmcall
9:  .byte 0x0F, 0x01, 0xD9
    .pushsection .guest_exits, "aw"
    .quad 9b
    .popsection
    .endm

    .text
    .global guest_loop, guest_loop_times, guest_halt, guest_halt_after, guest_call
guest_loop:
    incq guest_progress
    cmpq $0, guest_stop
    je guest_loop
    vmmcall
    jmp guest_loop

guest_loop_times:
    incq guest_progress
    decq %rdi
    jnz guest_loop_times
    vmmcall
    ud2

guest_halt:
    hlt
guest_halt_after:
    vmmcall
    ud2

guest_call:
    call *%rdi
    vmmcall
    ud2

    .global guest_write32, guest_write32_store, guest_write32_after
guest_write32:
guest_write32_store:
    movl %esi, (%rdi)
guest_write32_after:
    ret

/* Stores of other forms to the address in RDI; RSI is the value. Each has its own symbol for RIP. */
    .global guest_store8, guest_store16, guest_store32, guest_store64, guest_store_imm
    .global guest_xchg, guest_or, guest_bts, guest_stos
guest_store8:
    movb %sil, (%rdi)
    vmmcall
guest_store16:
    movw %si, (%rdi)
    vmmcall
guest_store32:
    movl %esi, (%rdi)
    vmmcall
guest_store64:
    movq %rsi, (%rdi)
    vmmcall
guest_store_imm:
    movl $0x30, (%rdi)
    vmmcall
guest_xchg:
    xchgl %esi, (%rdi)
    vmmcall
guest_or:
    orl %esi, (%rdi)
    vmmcall
guest_bts:
    lock btsl $4, (%rdi)
    vmmcall
guest_stos:
    stosl
    vmmcall

/* With interrupts off: nothing may arrive in the first part, all that waits in the second. */
    .global guest_sti_after_loop, guest_sti_opened
guest_sti_after_loop:
    incq guest_progress
    decq %rdi
    jnz guest_sti_after_loop
    sti
guest_sti_opened:
    nop
    nop
    nop
    cli
    vmmcall
    ud2

    .global guest_nops, guest_nops_second
guest_nops:
    nop
guest_nops_second:
    nop
    nop
    jmp guest_loop_times

    .global guest_sti_vmmcall
guest_sti_vmmcall:
    sti
    vmmcall
    ud2

    .global guest_undefined, guest_undefined_after
guest_undefined:
    ud2
guest_undefined_after:
    vmmcall
    ud2

    .global guest_int50
guest_int50:
    int $0x50
    vmmcall
    ud2

    .global guest_set_cr8
guest_set_cr8:
    movq %rdi, %cr8
    vmmcall
    ud2

    .global guest_set_cr4
guest_set_cr4:
    movq %rdi, %cr4
    vmmcall
    ud2

    .global guest_xsetbv
guest_xsetbv:
    xorl %ecx, %ecx
    xorl %edx, %edx
    movl $3, %eax
    xsetbv
    vmmcall
    ud2

/* Reads the qword at RDI into RSI. */
    .global guest_load
guest_load:
    movq (%rdi), %rsi
    vmmcall
    ud2

    .data
    .balign 8
    .global guest_progress, guest_stop
guest_progress:
    .quad 0
guest_stop:
    .quad 0

    .section .note.GNU-stack, "", @progbits
