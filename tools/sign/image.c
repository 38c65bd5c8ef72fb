#include "image.h"

#include <stdlib.h>
#include <string.h>

#include <elf_note.h>

struct signed_image_signature image_block(const struct buffer *file)
{
    struct signed_image_signature block;

    memcpy(&block, file->data, sizeof(block));
    return block;
}

struct signed_image_header image_header(const struct buffer *file)
{
    struct signed_image_header header;

    memcpy(&header, file->data + sizeof(struct signed_image_signature), sizeof(header));
    return header;
}

/* The first note of the right size; whether the rest of the file is in order is the validator's and the loader's business. */
static bool find_note(const struct buffer *payload, struct elf_note *note)
{
    struct elf_header elf;

    if (payload->size < sizeof(elf)) {
        return false;
    }
    memcpy(&elf, payload->data, sizeof(elf));
    if (elf_check_header(&elf, payload->size) != ELF_OK) {
        return false;
    }
    for (unsigned i = 0; i < elf.program_count; i++) {
        struct elf_program_header program;

        memcpy(&program, payload->data + elf.program_offset + i * sizeof(program), sizeof(program));
        if (program.type == ELF_PT_NOTE && program.file_size == sizeof(*note) && program.offset <= payload->size &&
            sizeof(*note) <= payload->size - program.offset) {
            memcpy(note, payload->data + program.offset, sizeof(*note));
            return true;
        }
    }
    return false;
}

struct signed_image_header image_note(const char *path, const struct buffer *payload)
{
    struct signed_image_header header;
    struct elf_note note;

    if (!find_note(payload, &note)) {
        fail("%s: not a position-independent ELF file with a manifest in a note (openvsm-sign note)", path);
    }
    memcpy(&header, note.description, sizeof(header));
    if (elf_check_note(&note, &header) != ELF_OK || header.payload_size != 0) {
        fail("%s: its note is not a manifest", path);
    }
    return header;
}

struct buffer image_make(const struct private_key *key, const struct signed_image_header *header, const struct buffer *payload)
{
    const size_t signed_at = sizeof(struct signed_image_signature);
    struct buffer file = { .data = malloc(SIGNED_IMAGE_PAYLOAD_OFFSET + payload->size) };
    struct signed_image_header complete = *header;
    struct signed_image_signature block;

    if (file.data == NULL) {
        fail("no memory");
    }
    file.size = SIGNED_IMAGE_PAYLOAD_OFFSET + payload->size;
    complete.payload_size = payload->size;
    memcpy(file.data + signed_at, &complete, sizeof(complete));
    memcpy(file.data + SIGNED_IMAGE_PAYLOAD_OFFSET, payload->data, payload->size);
    key_sign(key, file.data + signed_at, file.size - signed_at, &block);
    memcpy(file.data, &block, sizeof(block));
    return file;
}

enum signed_image_result image_check(const struct buffer *file, const struct image_owner *owner)
{
    struct signed_image_header header;
    const void *payload;
    size_t payload_size;

    if (file->size < SIGNED_IMAGE_PAYLOAD_OFFSET) {
        return SIGNED_IMAGE_BAD_SIZE;
    }
    return signed_image_check(file->data, file->size, (enum signed_image_kind)image_header(file).kind, owner, &header, &payload,
                              &payload_size);
}
