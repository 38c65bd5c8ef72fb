/* The signed trustlet that mode=trustlets starts, as the build made it. HELLO_IMAGE is given by the build. */
    .section .rodata
    .balign 16
    .global hello_image_start, hello_image_end
    .hidden hello_image_start, hello_image_end
hello_image_start:
    .incbin HELLO_IMAGE
hello_image_end:
    .section .note.GNU-stack, "", @progbits
