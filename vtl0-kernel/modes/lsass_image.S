/* The ring-3 image, as it came from the linker. LSASS_IMAGE is given by the build. */
    .section .rodata
    .balign 16
    .global lsass_image_start, lsass_image_end
    .hidden lsass_image_start, lsass_image_end
lsass_image_start:
    .incbin LSASS_IMAGE
lsass_image_end:
    .section .note.GNU-stack, "", @progbits
