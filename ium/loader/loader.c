/*
 * The IUM loader: parses a trustlet's ELF file in ring 3, inside the process
 * the trustlet will run in. The secure kernel only ever sees ranges and
 * rights, and checks those.
 */
#include <stdbool.h>
#include <stdint.h>

#include <ium/syscalls.h>

#include "elf_note.h"
#include "elf_plan.h"
#include "elf_relocate.h"

_Noreturn void loader_main(uint64_t base);

static enum elf_error read_plan(struct elf_plan *plan)
{
    int64_t size = ium_image_size();
    struct elf_header header;
    struct elf_program_header programs[ELF_MAX_PROGRAM_HEADERS];
    enum elf_error error;

    if (size < (int64_t)sizeof(header)) {
        return ELF_TOO_SMALL;
    }
    if (ium_image_read(0, &header, sizeof(header)) != IUM_SUCCESS) {
        return ELF_READ_FAILED;
    }
    error = elf_check_header(&header, (uint64_t)size);
    if (error != ELF_OK) {
        return error;
    }
    if (ium_image_read(header.program_offset, programs, header.program_count * sizeof(programs[0])) != IUM_SUCCESS) {
        return ELF_READ_FAILED;
    }
    return elf_make_plan(&header, programs, (uint64_t)size, plan);
}

/* What was signed must be what was built. */
static enum elf_error check_note(const struct elf_plan *plan)
{
    struct signed_image_header header;
    struct elf_note note;

    if (ium_image_read(plan->note_offset, &note, sizeof(note)) != IUM_SUCCESS || ium_image_header(&header) != IUM_SUCCESS) {
        return ELF_READ_FAILED;
    }
    return elf_check_note(&note, &header);
}

/* In pieces: VTL0's interrupts wait for each. */
static bool read_image(uint64_t offset, uint64_t address, uint64_t size)
{
    while (size > 0) {
        uint64_t piece = size < IUM_MAX_IMAGE_READ ? size : IUM_MAX_IMAGE_READ;

        if (ium_image_read(offset, (void *)address, piece) != IUM_SUCCESS) {
            return false;
        }
        offset += piece;
        address += piece;
        size -= piece;
    }
    return true;
}

static enum elf_error fill(const struct elf_segment *segment, uint64_t base)
{
    uint64_t address = base + segment->address;

    if (ium_map(address, segment->size, segment->rights) != IUM_SUCCESS) {
        return ELF_MAP_FAILED;
    }
    return read_image(segment->file_offset, address, segment->file_size) ? ELF_OK : ELF_READ_FAILED;
}

static enum elf_error fill_all(const struct elf_plan *plan, uint64_t base)
{
    enum elf_error error = ELF_OK;

    for (uint32_t i = 0; i < plan->count && error == ELF_OK; i++) {
        error = fill(&plan->segments[i], base);
    }
    return error;
}

static enum elf_error protect_all(const struct elf_plan *plan, uint64_t base)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct elf_segment *segment = &plan->segments[i];

        if (ium_protect(base + segment->address, segment->size, segment->rights) != IUM_SUCCESS) {
            return ELF_PROTECT_FAILED;
        }
    }
    return ELF_OK;
}

static enum elf_error load(struct elf_plan *plan, uint64_t base)
{
    enum elf_error error = read_plan(plan);

    if (error == ELF_OK) {
        error = check_note(plan);
    }
    if (error == ELF_OK) {
        error = fill_all(plan, base);
    }
    if (error == ELF_OK && plan->dynamic_size != 0) {
        error = elf_relocate(plan, (uint8_t *)base, base);
    }
    return error == ELF_OK ? protect_all(plan, base) : error;
}

void loader_main(uint64_t base)
{
    struct elf_plan plan;
    enum elf_error error = load(&plan, base);

    if (error == ELF_OK) {
        ium_start(base + plan.entry);
        error = ELF_START_FAILED;
    }
    ium_exit((uint32_t)error);
}
