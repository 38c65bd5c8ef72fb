/* Probing. Offsets are those of struct probe. */
    .equ CODE, 0
    .equ RAX, 8
    .equ RCX, 16
    .equ RDX, 24
    .equ RBX, 32
    .equ RSI, 40
    .equ RDI, 48
    .equ R8, 56
    .equ STACK, 64
    .equ RFLAGS_TF, 0x100
    .equ KERNEL_CS, 0x08
    .equ KERNEL_SS, 0x10

    .text

.macro SAVE_CALLEE
    pushq %rbx
    pushq %rbp
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    pushfq
    movq %rsp, STACK(%rdi)
    pushq %rdi
.endm

.macro LOAD_REGISTERS
    movq %rdi, %r11
    movq RAX(%r11), %rax
    movq RCX(%r11), %rcx
    movq RDX(%r11), %rdx
    movq RBX(%r11), %rbx
    movq RSI(%r11), %rsi
    movq RDI(%r11), %rdi
    movq R8(%r11), %r8
.endm

/* void probe_enter(struct probe *probe) */
    .global probe_enter
    .hidden probe_enter
probe_enter:
    SAVE_CALLEE
    LOAD_REGISTERS
    call *CODE(%r11)
    popq %r11
    movq %rax, RAX(%r11)
    movq %rcx, RCX(%r11)
    movq %rdx, RDX(%r11)
    movq %rbx, RBX(%r11)
    movq %rsi, RSI(%r11)
    movq %rdi, RDI(%r11)
    movq %r8, R8(%r11)
/* An exception comes back here with RSP = probe->stack. */
    .global probe_landing
    .hidden probe_landing
probe_landing:
    popfq
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbp
    popq %rbx
    ret

/* void probe_enter_stepped(struct probe *probe): IRET sets TF, so the trap comes after the first instruction there. */
    .global probe_enter_stepped
    .hidden probe_enter_stepped
probe_enter_stepped:
    SAVE_CALLEE
    movq %rsp, %rax
    pushfq
    popq %rcx
    orq $RFLAGS_TF, %rcx
    pushq $KERNEL_SS
    pushq %rax
    pushq %rcx
    pushq $KERNEL_CS
    pushq CODE(%rdi)
    LOAD_REGISTERS
    iretq

.macro PROBE name, instruction:vararg
    .balign 16
    .global \name
    .hidden \name
\name:
    \instruction
    ret
.endm

    PROBE probe_read, movq (%rdi), %rax
    PROBE probe_write, movq %rax, (%rdi)
    PROBE probe_rdmsr, rdmsr
    PROBE probe_wrmsr, wrmsr
    PROBE probe_vmcall, .byte 0x0F, 0x01, 0xC1
    PROBE probe_vmrun, .byte 0x0F, 0x01, 0xD8
    PROBE probe_vmxon, vmxon (%rdi)
    PROBE probe_vmxoff, vmxoff
    PROBE probe_vmclear, vmclear (%rdi)
    PROBE probe_vmptrld, vmptrld (%rdi)
    PROBE probe_vmptrst, vmptrst (%rdi)
    PROBE probe_vmlaunch, vmlaunch
    PROBE probe_vmresume, vmresume
    PROBE probe_vmread, vmread %rax, %rcx
    PROBE probe_vmwrite, vmwrite %rcx, %rax
    PROBE probe_vmfunc, vmfunc
    PROBE probe_invept, invept (%rdi), %rcx
    PROBE probe_invvpid, invvpid (%rdi), %rcx
    PROBE probe_getsec, getsec
    PROBE probe_write_cr4, mov %rax, %cr4
    PROBE probe_write_cr0, mov %rax, %cr0
    PROBE probe_xsetbv, xsetbv
    PROBE probe_vmmcall, .byte 0x0F, 0x01, 0xD9
    PROBE probe_vmload, .byte 0x0F, 0x01, 0xDA
    PROBE probe_vmsave, .byte 0x0F, 0x01, 0xDB
    PROBE probe_stgi, .byte 0x0F, 0x01, 0xDC
    PROBE probe_clgi, .byte 0x0F, 0x01, 0xDD
    PROBE probe_skinit, .byte 0x0F, 0x01, 0xDE
    PROBE probe_invlpga, .byte 0x0F, 0x01, 0xDF

    .section .note.GNU-stack, "", @progbits
