/* HV_IMAGE is the path of the resident hypervisor's ELF file without debug information; the build passes it. */
    .section .rodata.hv_image, "a", @progbits
    .balign 16
    .globl hv_image_start, hv_image_end
    .hidden hv_image_start, hv_image_end
hv_image_start:
    .incbin HV_IMAGE
hv_image_end:

    .section .note.GNU-stack, "", @progbits
