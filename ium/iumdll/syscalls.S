/*
 * One stub for each row of abi/ium_syscalls.def. SYSCALL takes RCX for the
 * return address, so a fourth argument would travel in R10; every other
 * argument already is where the secure kernel looks for it.
 */
#define IUM_SYSCALL(number, name, handler, callers) \
    .globl ium_##handler; \
    .type ium_##handler, @function; \
    ium_##handler: mov %rcx, %r10; mov $number, %eax; syscall; ret; \
    .size ium_##handler, . - ium_##handler;

    .text
#include <abi/ium_syscalls.def>
    .section .note.GNU-stack, "", @progbits
