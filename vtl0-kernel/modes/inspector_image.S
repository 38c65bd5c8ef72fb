/* The ring-3 image of mode=secure-processes, as it came from the linker. INSPECTOR_IMAGE is given by the build. */
    .section .rodata
    .balign 16
    .global inspector_image_start, inspector_image_end
    .hidden inspector_image_start, inspector_image_end
inspector_image_start:
    .incbin INSPECTOR_IMAGE
inspector_image_end:
    .section .note.GNU-stack, "", @progbits
