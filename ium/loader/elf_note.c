#include "elf_note.h"

#include <lib/string.h>

static const char note_name[sizeof(((struct elf_note *)0)->name)] = SIGNED_IMAGE_NOTE_NAME;

enum elf_error elf_check_note(const struct elf_note *note, const struct signed_image_header *header)
{
    struct signed_image_header expected = *header;

    expected.payload_size = 0;
    if (note->name_size != sizeof(note->name) || note->description_size != sizeof(note->description) ||
        note->type != SIGNED_IMAGE_NOTE_TYPE || memcmp(note->name, note_name, sizeof(note->name)) != 0 ||
        memcmp(note->description, &expected, sizeof(expected)) != 0) {
        return ELF_BAD_NOTE;
    }
    return ELF_OK;
}
