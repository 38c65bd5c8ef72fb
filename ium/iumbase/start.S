/* Where the secure kernel starts an image: RSP at the stack's top, RDI heap, RSI its size (abi/ium.h). */
    .text
    .globl _start
    .type _start, @function
_start:
    xor %ebp, %ebp
    call ium_main
    ud2
    .size _start, . - _start

    .section .note.GNU-stack, "", @progbits
