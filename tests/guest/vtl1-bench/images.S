/* What the loader would read from the ESP. */
    .macro embed symbol, file
    .balign 4096
    .globl \symbol, \symbol\()_end
\symbol:
    .incbin "\file"
\symbol\()_end:
    .endm

    .section .rodata, "a", @progbits
    embed image_kernel, "securekernel.elf"
    embed image_hello, "hello.img"
    embed image_misbehave, "misbehave.img"
    embed image_credvault, "credvault.img"
    embed image_kit, "kit.img"
    embed image_notes, "notes.img"
    embed image_not_pie, "not-pie.img"
    embed image_other_note, "other-note.img"
    embed image_no_note, "no-note.img"
    embed image_p256, "p256.img"
    embed image_signed_kernel, "securekernel.img"

    .section .note.GNU-stack, "", @progbits
