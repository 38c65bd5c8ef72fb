/* The kernel enters with RSP aligned to 16; the call makes it what a C function expects. */
    .globl _start
_start:
    xor %ebp, %ebp
    call start
    .section .note.GNU-stack, "", @progbits
