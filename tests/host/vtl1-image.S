/* What securekernel.lds and process/ium_loader.S would name: an image of no pages, and a loader's pieces of odd sizes. */
    .section .rodata
    .balign 4096
    .globl image_start, text_end, rodata_end, image_end, hypercall_page, boot_stack_guard, boot_stack
image_start:
text_end:
rodata_end:
image_end:
hypercall_page:
boot_stack_guard:
boot_stack:
    .globl ium_loader_text, ium_loader_text_end, ium_loader_rodata, ium_loader_rodata_end
ium_loader_text:
    .fill 9000, 1, 0xC3
ium_loader_text_end:
ium_loader_rodata:
    .fill 300, 1, 0x5A
ium_loader_rodata_end:
    .section .note.GNU-stack, "", @progbits
