/* The IUM loader's pages, as ium/loader built them. The kernel copies them into each new process. */
    .section .rodata, "a", @progbits
    .macro embed symbol, file
    .balign 16
    .globl \symbol, \symbol\()_end
\symbol:
    .incbin "\file"
\symbol\()_end:
    .endm

    embed ium_loader_text, "ium-loader.text"
    embed ium_loader_rodata, "ium-loader.rodata"

    .section .note.GNU-stack, "", @progbits
