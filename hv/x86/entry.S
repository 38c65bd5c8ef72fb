/* First instruction of the resident hypervisor on each processor: RDI = launch, RSI = handoff, RSP = main stack top. */
    .text
    .globl hv_entry
    .type hv_entry, @function
hv_entry:
    cld
    xor     %ebp, %ebp
    push    %rbp
    call    hv_main
    ud2

    .section .note.GNU-stack, "", @progbits
