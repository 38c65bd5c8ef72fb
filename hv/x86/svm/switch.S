/*
 * The world switch. Straight line; the only failure of VMRUN is an exit code.
 *
 * void svm_switch(uint64_t gpr[16], uint64_t vmcb, uint64_t host_vmcb)
 *
 * VMLOAD/VMSAVE move what VMRUN does not (APM vol. 2, "VMSAVE and VMLOAD
 * Instructions"): FS, GS, TR, LDTR and the system-call registers, which are
 * thereby private to each VTL and to the hypervisor.
 */
    .text
    .globl svm_switch
    .type svm_switch, @function
svm_switch:
    push    %rbx
    push    %rbp
    push    %r12
    push    %r13
    push    %r14
    push    %r15
    push    %rdx
    push    %rdi
    mov     %rsi, %rax
    vmload  %rax
    mov     1*8(%rdi), %rcx
    mov     2*8(%rdi), %rdx
    mov     3*8(%rdi), %rbx
    mov     5*8(%rdi), %rbp
    mov     6*8(%rdi), %rsi
    mov     8*8(%rdi), %r8
    mov     9*8(%rdi), %r9
    mov     10*8(%rdi), %r10
    mov     11*8(%rdi), %r11
    mov     12*8(%rdi), %r12
    mov     13*8(%rdi), %r13
    mov     14*8(%rdi), %r14
    mov     15*8(%rdi), %r15
    mov     7*8(%rdi), %rdi
    vmrun   %rax
    vmsave  %rax
    push    %rdi
    mov     8(%rsp), %rdi
    mov     %rcx, 1*8(%rdi)
    mov     %rdx, 2*8(%rdi)
    mov     %rbx, 3*8(%rdi)
    mov     %rbp, 5*8(%rdi)
    mov     %rsi, 6*8(%rdi)
    mov     %r8, 8*8(%rdi)
    mov     %r9, 9*8(%rdi)
    mov     %r10, 10*8(%rdi)
    mov     %r11, 11*8(%rdi)
    mov     %r12, 12*8(%rdi)
    mov     %r13, 13*8(%rdi)
    mov     %r14, 14*8(%rdi)
    mov     %r15, 15*8(%rdi)
    pop     %rax
    mov     %rax, 7*8(%rdi)
    pop     %rdi
    pop     %rax
    vmload  %rax
    pop     %r15
    pop     %r14
    pop     %r13
    pop     %r12
    pop     %rbp
    pop     %rbx
    ret

/*
 * void svm_take_nmi(void): a pending NMI is taken at STGI (APM vol. 2, "Global
 * Interrupt Flag, STGI and CLGI Instructions"). Interrupts stay masked by IF.
 */
    .globl svm_take_nmi
    .type svm_take_nmi, @function
svm_take_nmi:
    stgi
    nop
    clgi
    ret

/*
 * void svm_take_interrupt(struct cpu *): the same with IF, under a table in
 * which every vector is an interrupt: VTL0 chose it. STI's shadow ends behind
 * the NOP.
 */
    .globl svm_take_interrupt
    .type svm_take_interrupt, @function
svm_take_interrupt:
    lidt    interrupt_table_pointer(%rip)
    stgi
    sti
    nop
    cli
    clgi
    lidt    exception_table_pointer(%rip)
    ret

/*
 * void svm_sleep(const _Atomic uint32_t *wake): HLT until an NMI. The NMI
 * handler sends a processor that it finds between the labels back to the
 * first, so a request left after the test is never slept over.
 */
    .globl svm_sleep
    .type svm_sleep, @function
svm_sleep:
    stgi
sleep_window_start:
    cmpl    $0, (%rdi)
    jne     1f
    hlt
sleep_window_end:
    jmp     sleep_window_start
1:  clgi
    ret
    .pushsection nmi_windows, "a", @progbits
    .quad   sleep_window_start, sleep_window_end, sleep_window_start
    .popsection

/*
 * void svm_wait_interrupt(const _Atomic uint32_t *wake): HLT until an
 * interrupt, which is taken as in svm_take_interrupt, or an NMI. An NMI behind
 * the look at *wake ends it, too.
 */
    .globl svm_wait_interrupt
    .type svm_wait_interrupt, @function
svm_wait_interrupt:
    lidt    interrupt_table_pointer(%rip)
    stgi
wait_window_start:
    cmpl    $0, (%rdi)
    jne     wait_window_end
    sti
    hlt
wait_window_end:
    cli
    clgi
    lidt    exception_table_pointer(%rip)
    ret
    .pushsection nmi_windows, "a", @progbits
    .quad   wait_window_start, wait_window_end, wait_window_end
    .popsection

    .section .note.GNU-stack, "", @progbits
