/* Instructions that VTL1 can intercept, in the forms a decoder must know. RDI as in C. */
    .macro code name
    .globl code_\name
    .hidden code_\name
code_\name:
    .endm

    .text
    code wrmsr /* RDI -> MSR, value */
    mov (%rdi), %rcx
    mov 8(%rdi), %rax
    mov 12(%rdi), %edx
    code wrmsr_at
    wrmsr
    ret

    code rdmsr /* RDI -> MSR, RAX, RDX, before and behind */
    mov (%rdi), %rcx
    mov 8(%rdi), %rax
    mov 16(%rdi), %rdx
    rdmsr
    mov %rax, 8(%rdi)
    mov %rdx, 16(%rdi)
    ret

    code cr0
    mov %rdi, %cr0
    ret
    code cr4
    mov %rdi, %cr4
    ret
    code clts
    clts
    ret
    code lmsw
    mov %rdi, %r9
    code lmsw_at
    lmsw %r9w
    ret
    code lmsw_memory
    lmsw (%rdi)
    ret

    code lgdt
    lgdt (%rdi)
    ret
    code lidt
    lidt (%rdi)
    ret
    code lgdt_scaled /* base, scaled index, displacement, upper registers */
    lea -0x1234(%rdi), %r8
    mov $0x246, %r9d
    code lgdt_scaled_at
    lgdt 0x91c(%r8,%r9,4)
    ret
    code lgdt_rip
    lgdt code_pointer(%rip)
    ret
    code lgdt_gs /* GS base holds the rest of the address; no base register, 32-bit displacement */
    lgdt %gs:0x40
    ret
    code lgdt_stack
    sub $16, %rsp
    mov (%rdi), %rax
    mov %rax, 4(%rsp)
    mov 8(%rdi), %ax
    mov %ax, 12(%rsp)
    code lgdt_stack_at
    lgdt 4(%rsp)
    add $16, %rsp
    ret

    code lldt
    mov (%rdi), %eax
    code lldt_at
    lldt %ax
    ret
    code lldt_memory
    lldt (%rdi)
    ret
    code ltr
    mov (%rdi), %eax
    code ltr_at
    ltr %ax
    ret
    code ltr_memory
    ltr (%rdi)
    ret

    code sgdt
    sgdt (%rdi)
    ret
    code sidt
    sidt (%rdi)
    ret
    code sldt
    mov $-1, %rax
    sldt %eax
    ret
    code str
    mov $-1, %rax
    str %rax
    ret
    code sldt_word
    mov $-1, %rax
    sldt %ax
    ret
    code sldt_memory
    sldt (%rdi)
    ret
    code str_memory
    str (%rdi)
    ret

    code xsetbv /* RDI -> value */
    mov (%rdi), %eax
    mov 4(%rdi), %edx
    xor %ecx, %ecx
    code xsetbv_at
    xsetbv
    ret

    .data
    .globl code_pointer
    .hidden code_pointer
code_pointer:
    .skip 10

    .section .note.GNU-stack, "", @progbits
