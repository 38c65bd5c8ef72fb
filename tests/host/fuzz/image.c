/* What is signed: a header and an ELF file behind it, through the header's checks and all of the IUM loader's. */
#include <stdlib.h>
#include <string.h>

#include <abi/ium.h>
#include <crypto/signed_image.h>

#include "elf_note.h"
#include "elf_relocate.h"

#define MEMORY_LIMIT (UINT64_C(1) << 20) /* larger images are planned, not loaded */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HOLDS(condition) ((condition) ? (void)0 : abort())

static void check_plan(const struct elf_plan *plan, uint64_t size)
{
    HOLDS(plan->count != 0 && plan->count <= ELF_MAX_SEGMENTS && plan->note_count == 1);
    HOLDS(plan->note_offset <= size && sizeof(struct elf_note) <= size - plan->note_offset);
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct elf_segment *segment = &plan->segments[i];

        HOLDS(segment->size != 0 && segment->address + segment->size <= IUM_IMAGE_MAX_SIZE);
        HOLDS(segment->file_size <= segment->size && segment->file_offset + segment->file_size <= size);
        HOLDS(i == 0 || segment->address >= segment[-1].address + segment[-1].size);
        HOLDS((segment->rights & IUM_READ) != 0 && (segment->rights & (IUM_WRITE | IUM_EXECUTE)) != (IUM_WRITE | IUM_EXECUTE));
    }
}

static void check_note(const struct elf_plan *plan, const uint8_t *elf, const struct signed_image_header *header)
{
    struct elf_note note;

    memcpy(&note, elf + plan->note_offset, sizeof(note));
    if (elf_check_note(&note, header) == ELF_OK) {
        const size_t at = offsetof(struct signed_image_header, identity);

        HOLDS(memcmp(note.description + at, (const uint8_t *)header + at, sizeof(*header) - at) == 0);
    }
}

/* Exactly as much memory as the segments need: ASan sees a relocation outside. */
static void load(const struct elf_plan *plan, const uint8_t *elf)
{
    const struct elf_segment *last = &plan->segments[plan->count - 1];
    uint64_t size = last->address + last->size;
    uint8_t *memory;

    if (size > MEMORY_LIMIT) {
        return;
    }
    memory = calloc(1, size);
    for (uint32_t i = 0; i < plan->count; i++) {
        memcpy(memory + plan->segments[i].address, elf + plan->segments[i].file_offset, plan->segments[i].file_size);
    }
    if (plan->dynamic_size != 0) {
        elf_relocate(plan, memory, IUM_IMAGE_BASE);
    }
    free(memory);
}

static void run_loader(const uint8_t *elf, uint64_t size, const struct signed_image_header *header)
{
    struct elf_program_header programs[ELF_MAX_PROGRAM_HEADERS];
    struct elf_header file;
    struct elf_plan plan;

    if (size < sizeof(file)) {
        return;
    }
    memcpy(&file, elf, sizeof(file));
    if (elf_check_header(&file, size) != ELF_OK) {
        return;
    }
    memcpy(programs, elf + file.program_offset, file.program_count * sizeof(programs[0]));
    if (elf_make_plan(&file, programs, size, &plan) != ELF_OK) {
        return;
    }
    check_plan(&plan, size);
    check_note(&plan, elf, header);
    load(&plan, elf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct signed_image_header header;

    if (size < sizeof(header)) {
        return 0;
    }
    memcpy(&header, data, sizeof(header));
    if (signed_image_header_faults(&header, size - sizeof(header)) == 0) {
        HOLDS(header.magic == SIGNED_IMAGE_MAGIC && memchr(header.name, '\0', sizeof(header.name)) != NULL);
        HOLDS(header.kind != SIGNED_IMAGE_TRUSTLET || header.stack_pages != 0);
    }
    run_loader(data + sizeof(header), size - sizeof(header), &header);
    return 0;
}
