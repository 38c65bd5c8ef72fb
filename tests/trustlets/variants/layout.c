#include "layout.h"

#include <stddef.h>
#include <string.h>

#include <elf.h>
#include <elf_note.h>

struct layout layout;

static struct elf_program_header program_at(uint64_t offset)
{
    struct elf_program_header program;

    memcpy(&program, layout.base.data + SIGNED_IMAGE_PAYLOAD_OFFSET + offset, sizeof(program));
    return program;
}

/* Where an address of the image is in the payload, by its segment. */
static uint64_t file_offset(uint64_t address)
{
    for (uint32_t i = 0; i < layout.program_count; i++) {
        const struct elf_program_header program = program_at(layout.programs + i * sizeof(program));

        if (program.type == ELF_PT_LOAD && address >= program.address && address - program.address < program.file_size) {
            return program.offset + (address - program.address);
        }
    }
    fail("no segment has the address 0x%llx", (unsigned long long)address);
}

static void take_program(uint64_t at, const struct elf_program_header *program)
{
    if (program->type == ELF_PT_LOAD && (program->flags & ELF_PF_X) != 0) {
        layout.code = at;
    } else if (program->type == ELF_PT_LOAD && (program->flags & ELF_PF_W) == 0) {
        layout.constants = at;
    } else if (program->type == ELF_PT_NOTE) {
        layout.note = at;
        layout.note_manifest = program->offset + offsetof(struct elf_note, description);
    } else if (program->type == ELF_PT_DYNAMIC) {
        layout.dynamic = at;
        layout.dynamic_entries = program->offset;
    }
}

static void find_relocations(void)
{
    struct elf_dynamic entry = { .tag = 1 };

    for (uint64_t at = layout.dynamic_entries; entry.tag != ELF_DT_NULL; at += sizeof(entry)) {
        memcpy(&entry, layout.base.data + SIGNED_IMAGE_PAYLOAD_OFFSET + at, sizeof(entry));
        if (entry.tag == ELF_DT_RELA) {
            layout.relocations = file_offset(entry.value);
        }
    }
}

void layout_read(const char *path)
{
    struct elf_header elf;

    layout.base = read_file(path, SIGNED_IMAGE_MAX_SIZE);
    if (layout.base.size < SIGNED_IMAGE_PAYLOAD_OFFSET + sizeof(elf)) {
        fail("%s: not a signed image", path);
    }
    memcpy(&elf, layout.base.data + SIGNED_IMAGE_PAYLOAD_OFFSET, sizeof(elf));
    layout.programs = elf.program_offset;
    layout.program_count = elf.program_count;
    for (uint32_t i = 0; i < layout.program_count; i++) {
        uint64_t at = layout.programs + i * sizeof(struct elf_program_header);
        const struct elf_program_header program = program_at(at);

        take_program(at, &program);
    }
    if (layout.code == 0 || layout.constants == 0 || layout.note == 0 || layout.dynamic == 0) {
        fail("%s: code, constants, note or dynamic section is missing", path);
    }
    find_relocations();
    if (layout.relocations == 0) {
        fail("%s: no relocation", path);
    }
}

void variant_put(struct image_variant *variant, uint32_t offset, const void *bytes, uint32_t size)
{
    struct variant_patch *patch = &variant->patches[variant->patch_count];

    if (variant->patch_count == VARIANT_PATCHES || size > sizeof(patch->bytes) || offset + size > layout.base.size) {
        fail("a patch too many, too long or outside");
    }
    patch->offset = offset;
    patch->size = size;
    memcpy(patch->bytes, bytes, size);
    variant->patch_count++;
}

void variant_put_manifest(struct image_variant *variant, size_t field, const void *bytes, uint32_t size)
{
    variant_put(variant, (uint32_t)(sizeof(struct signed_image_signature) + field), bytes, size);
    variant_put(variant, (uint32_t)(SIGNED_IMAGE_PAYLOAD_OFFSET + layout.note_manifest + field), bytes, size);
}
