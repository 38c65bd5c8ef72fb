/* Ring 3's probes, 16 bytes each, in the order of enum user_probe. RSI = address. Behind the probe: EXIT(RAX). */
    .section .rodata
    .balign 16
    .global user_probe_code, user_probe_code_end
    .hidden user_probe_code, user_probe_code_end

.macro USER_PROBE instruction:vararg
    .balign 16
    \instruction
    movq %rax, %rdi
    xorl %eax, %eax
    syscall
.endm

user_probe_code:
    USER_PROBE movq (%rsi), %rax
    USER_PROBE movq %rax, (%rsi)
    USER_PROBE vmmcall
    USER_PROBE vmcall
user_probe_code_end:
    .section .note.GNU-stack, "", @progbits
