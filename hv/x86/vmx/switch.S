/*
 * The world switch. NMIs are not held in the hypervisor: one that comes after
 * the last look at *nmi and before VMLAUNCH would be lost on the guest.
 * So the NMI handler sends a processor it finds inside the window to the
 * window's resume label: nothing has been entered then.
 *
 * unsigned vmx_switch(uint64_t gpr[16], const volatile uint32_t *nmi, bool launched)
 */
    .macro window start end resume
    .pushsection nmi_windows, "a", @progbits
    .quad \start, \end, \resume
    .popsection
    .endm

    .text
    .globl vmx_switch, vmx_exit_here
    .type vmx_switch, @function
vmx_switch:
    push    %rbx
    push    %rbp
    push    %r12
    push    %r13
    push    %r14
    push    %r15
    push    %rdi
    mov     $0x6C14, %eax           /* host RSP */
    vmwrite %rsp, %rax
    mov     1*8(%rdi), %rcx
    mov     3*8(%rdi), %rbx
    mov     5*8(%rdi), %rbp
    mov     8*8(%rdi), %r8
    mov     9*8(%rdi), %r9
    mov     10*8(%rdi), %r10
    mov     11*8(%rdi), %r11
    mov     12*8(%rdi), %r12
    mov     13*8(%rdi), %r13
    mov     14*8(%rdi), %r14
    mov     15*8(%rdi), %r15
entry_start:
    cmpl    $0, (%rsi)
    jne     broken_off
    test    %dl, %dl
    mov     0*8(%rdi), %rax
    mov     2*8(%rdi), %rdx
    mov     6*8(%rdi), %rsi
    mov     7*8(%rdi), %rdi
    jz      1f
    vmresume
    jmp     failed
1:  vmlaunch
entry_end:
    jmp     failed
    window  entry_start entry_end broken_off

vmx_exit_here:
    push    %rdi
    mov     8(%rsp), %rdi
    mov     %rax, 0*8(%rdi)
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
    xor     %eax, %eax
    jmp     out
broken_off:
    mov     $1, %eax
    jmp     out
failed:
    mov     $2, %eax
out:
    pop     %rdi
    pop     %r15
    pop     %r14
    pop     %r13
    pop     %r12
    pop     %rbp
    pop     %rbx
    ret

/*
 * void vmx_take_nmi(void): an exit caused by an NMI leaves NMIs blocked (SDM
 * vol. 3C, "Loading Host State"); IRET ends that, and a further one is taken.
 */
    .globl vmx_take_nmi
    .type vmx_take_nmi, @function
vmx_take_nmi:
    mov     %rsp, %rax
    mov     %ss, %ecx
    push    %rcx
    push    %rax
    pushfq
    mov     %cs, %ecx
    push    %rcx
    lea     1f(%rip), %rcx
    push    %rcx
    iretq
1:  ret

/* void vmx_sleep(const _Atomic uint32_t *wake): HLT until an NMI; a wake set after the look is not slept over. */
    .globl vmx_sleep
    .type vmx_sleep, @function
vmx_sleep:
sleep_start:
    cmpl    $0, (%rdi)
    jne     1f
    hlt
sleep_end:
    jmp     sleep_start
1:  ret
    window  sleep_start sleep_end sleep_start

    .section .note.GNU-stack, "", @progbits
