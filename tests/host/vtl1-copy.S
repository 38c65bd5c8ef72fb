/* The secure kernel's copy routines, with its table of where they may fault as securekernel.lds bounds it. */
    .section .exception_table, "a", @progbits
    .globl exception_table
exception_table:
    .text
#include "../../vtl1-securekernel/memory/copy.S"
    .section .exception_table, "a", @progbits
    .globl exception_table_end
exception_table_end:
