/* What generator/ wrote; the table in published.c says which set begins where. */
    .section .rodata
    .globl published_records
published_records:
    .incbin "published.bin"
    .section .note.GNU-stack, "", @progbits
