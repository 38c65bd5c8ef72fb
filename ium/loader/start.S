/* The first instruction a process ever runs; RSP is at the top of the loader's stack (abi/ium.h). */
    .section .text.entry, "ax", @progbits
    .globl _start
    .type _start, @function
_start:
    xor %ebp, %ebp
    call loader_main
    ud2
    .size _start, . - _start

    .section .note.GNU-stack, "", @progbits
