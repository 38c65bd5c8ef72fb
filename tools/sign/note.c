#include "note.h"

#include <stdint.h>
#include <stdio.h>

size_t note_print(const struct signed_image_header *header, char text[NOTE_TEXT_SIZE])
{
    const uint8_t *bytes = (const uint8_t *)header;
    int size = snprintf(text, NOTE_TEXT_SIZE,
                        "/* Generated: the manifest. */\n    .section %s, \"a\", @note\n    .balign 4\n"
                        "    .long %zu, %zu, %u\n    .asciz \"%s\"\n",
                        SIGNED_IMAGE_NOTE_SECTION, sizeof(SIGNED_IMAGE_NOTE_NAME), sizeof(*header), SIGNED_IMAGE_NOTE_TYPE,
                        SIGNED_IMAGE_NOTE_NAME);

    for (size_t i = 0; i < sizeof(*header); i++) {
        size += snprintf(text + size, NOTE_TEXT_SIZE - (size_t)size, "%s0x%02x%s", i % 16 == 0 ? "    .byte " : " ", bytes[i],
                         i % 16 == 15 ? "\n" : ",");
    }
    size += snprintf(text + size, NOTE_TEXT_SIZE - (size_t)size, "\n    .section .note.GNU-stack, \"\", @progbits\n");
    return (size_t)size;
}
