/*
 * uint64_t attack_a20_code(const volatile uint64_t *word, uint64_t off, uint64_t on): what *word is while port 92h has the
 * first value; the second one is in it afterwards. Copied to where A20 does not matter: no other memory is used in between.
 */
    .section .rodata
    .global attack_a20_code, attack_a20_code_end
    .hidden attack_a20_code, attack_a20_code_end
attack_a20_code:
    movl %esi, %eax
    outb %al, $0x92
    movq (%rdi), %rcx
    movl %edx, %eax
    outb %al, $0x92
    movq %rcx, %rax
    ret
attack_a20_code_end:
    .section .note.GNU-stack, "", @progbits
