/* Where a process begins: on its stack, with all other registers zero. */
    .text
    .global user_start
user_start:
    xorl %ebp, %ebp
    call user_main
    movq %rax, %rdi
    xorl %eax, %eax /* USER_CALL_EXIT */
    syscall
    ud2
    .section .note.GNU-stack, "", @progbits
