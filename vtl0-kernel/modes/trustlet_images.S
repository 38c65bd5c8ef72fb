/* The signed trustlets that VTL0 starts, as the build made them. HELLO_IMAGE and its like are given by the build. */
    .section .rodata
    .balign 16
    .global accomplice_image_start, accomplice_image_end, assailant_image_start, assailant_image_end
    .global crasher_image_start, crasher_image_end, variants_start
    .global fuzzer_image_start, fuzzer_image_end, hello_image_start, hello_image_end, keymaker_image_start, keymaker_image_end
    .global rambler_image_start, rambler_image_end, roamer_image_start, roamer_image_end
    .global vectors_image_start, vectors_image_end
    .global limited_image_start, limited_image_end, worker_image_start, worker_image_end
    .hidden accomplice_image_start, accomplice_image_end, assailant_image_start, assailant_image_end
    .hidden crasher_image_start, crasher_image_end, variants_start
    .hidden fuzzer_image_start, fuzzer_image_end, hello_image_start, hello_image_end, keymaker_image_start, keymaker_image_end
    .hidden rambler_image_start, rambler_image_end, roamer_image_start, roamer_image_end
    .hidden vectors_image_start, vectors_image_end
    .hidden limited_image_start, limited_image_end, worker_image_start, worker_image_end
accomplice_image_start:
    .incbin ACCOMPLICE_IMAGE
accomplice_image_end:
    .balign 16
assailant_image_start:
    .incbin ASSAILANT_IMAGE
assailant_image_end:
    .balign 16
crasher_image_start:
    .incbin CRASHER_IMAGE
crasher_image_end:
    .balign 16
fuzzer_image_start:
    .incbin FUZZER_IMAGE
fuzzer_image_end:
    .balign 16
hello_image_start:
    .incbin HELLO_IMAGE
hello_image_end:
    .balign 16
keymaker_image_start:
    .incbin KEYMAKER_IMAGE
keymaker_image_end:
    .balign 16
limited_image_start:
    .incbin LIMITED_IMAGE
limited_image_end:
    .balign 16
rambler_image_start:
    .incbin RAMBLER_IMAGE
rambler_image_end:
    .balign 16
roamer_image_start:
    .incbin ROAMER_IMAGE
roamer_image_end:
    .balign 16
vectors_image_start:
    .incbin VECTORS_IMAGE
vectors_image_end:
    .balign 16
worker_image_start:
    .incbin WORKER_IMAGE
worker_image_end:
    .balign 16
variants_start: /* tests/trustlets/variants/variants.h */
    .incbin IMAGE_VARIANTS
    .section .note.GNU-stack, "", @progbits
