#include "elf_image.h"

#include <lib/string.h>

/* System V ABI, "ELF Header" and "Program Header". */
struct elf_header {
    uint8_t ident[16];
    uint16_t type;
    uint16_t machine;
    uint32_t version;
    uint64_t entry;
    uint64_t program_offset;
    uint64_t section_offset;
    uint32_t flags;
    uint16_t header_size;
    uint16_t program_entry_size;
    uint16_t program_count;
    uint16_t section_entry_size;
    uint16_t section_count;
    uint16_t section_names;
};
_Static_assert(sizeof(struct elf_header) == 64, "ELF header");

struct elf_program {
    uint32_t type;
    uint32_t flags;
    uint64_t offset;
    uint64_t virtual_address;
    uint64_t physical_address;
    uint64_t file_size;
    uint64_t memory_size;
    uint64_t align;
};
_Static_assert(sizeof(struct elf_program) == 56, "ELF program header");

#define ELF_TYPE_EXECUTABLE 2u
#define ELF_MACHINE_X86_64  62u
#define ELF_PROGRAM_LOAD    1u
#define ELF_PROGRAM_DYNAMIC 2u
#define ELF_PROGRAM_INTERP  3u
#define ELF_PROGRAM_TLS     7u
#define ELF_FLAG_EXECUTE    1u
#define ELF_FLAG_WRITE      2u
#define PROGRAMS_LIMIT      32u

static const uint8_t ident_wanted[7] = { 0x7F, 'E', 'L', 'F', 2, 1, 1 }; /* 64-bit, little-endian, version 1 */

uint64_t elf_segment_page(const struct elf_segment *segment)
{
    return segment->address & ~PAGE_MASK;
}

uint64_t elf_segment_pages_size(const struct elf_segment *segment)
{
    uint64_t end = (segment->address + segment->memory_size + PAGE_MASK) & ~PAGE_MASK;

    return end - elf_segment_page(segment);
}

static const char *check_header(const struct elf_header *header, uint64_t size)
{
    uint64_t programs_end;

    if (memcmp(header->ident, ident_wanted, sizeof(ident_wanted)) != 0) {
        return "not a 64-bit little-endian ELF file";
    }
    if (header->type != ELF_TYPE_EXECUTABLE || header->machine != ELF_MACHINE_X86_64 || header->version != 1) {
        return "not an x86-64 executable at a fixed address";
    }
    if (header->program_entry_size != sizeof(struct elf_program) || header->program_count == 0 ||
        header->program_count > PROGRAMS_LIMIT) {
        return "bad program header table";
    }
    if (__builtin_add_overflow(header->program_offset, header->program_count * sizeof(struct elf_program), &programs_end) ||
        programs_end > size) {
        return "program header table outside the file";
    }
    return NULL;
}

static const char *check_load(const struct elf_program *program, uint64_t size, uint64_t base, uint64_t limit)
{
    uint64_t file_end;
    uint64_t memory_end;

    if ((program->flags & ELF_FLAG_EXECUTE) != 0 && (program->flags & ELF_FLAG_WRITE) != 0) {
        return "a segment is writable and executable";
    }
    if (program->memory_size == 0 || program->file_size > program->memory_size) {
        return "bad segment size";
    }
    if (__builtin_add_overflow(program->offset, program->file_size, &file_end) || file_end > size) {
        return "a segment lies outside the file";
    }
    if (__builtin_add_overflow(program->virtual_address, program->memory_size, &memory_end) ||
        program->virtual_address < base || memory_end > base + limit) {
        return "a segment lies outside its address range";
    }
    return NULL;
}

static const char *add_segment(struct elf_image *image, const struct elf_program *program)
{
    struct elf_segment *segment = &image->segments[image->segment_count];

    if (image->segment_count == ELF_MAX_SEGMENTS) {
        return "too many segments";
    }
    *segment = (struct elf_segment){
        .address = program->virtual_address,
        .file_offset = program->offset,
        .file_size = program->file_size,
        .memory_size = program->memory_size,
        .writable = (program->flags & ELF_FLAG_WRITE) != 0,
        .executable = (program->flags & ELF_FLAG_EXECUTE) != 0,
    };
    if (elf_segment_page(segment) < image->base + image->size) {
        return "segments are not ascending on pages of their own";
    }
    image->size = elf_segment_page(segment) + elf_segment_pages_size(segment) - image->base;
    image->segment_count++;
    return NULL;
}

static const char *take_program(struct elf_image *image, const struct elf_program *program, uint64_t size, uint64_t limit)
{
    const char *problem;

    switch (program->type) {
    case ELF_PROGRAM_LOAD:
        problem = check_load(program, size, image->base, limit);
        return problem != NULL ? problem : add_segment(image, program);
    case ELF_PROGRAM_DYNAMIC:
    case ELF_PROGRAM_INTERP:
    case ELF_PROGRAM_TLS:
        return "dynamic linking or thread-local storage";
    default:
        return NULL;
    }
}

static bool entry_executable(const struct elf_image *image)
{
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];

        if (segment->executable && image->entry >= segment->address && image->entry - segment->address < segment->file_size) {
            return true;
        }
    }
    return false;
}

const char *elf_image_parse(const uint8_t *file, uint64_t size, uint64_t base, uint64_t limit, struct elf_image *image)
{
    struct elf_header header;
    const char *problem;

    *image = (struct elf_image){ .file = file, .base = base };
    if (size < sizeof(header)) {
        return "too short for an ELF header";
    }
    memcpy(&header, file, sizeof(header));
    problem = check_header(&header, size);
    image->entry = header.entry;
    for (uint32_t i = 0; problem == NULL && i < header.program_count; i++) {
        struct elf_program program;

        memcpy(&program, file + header.program_offset + i * sizeof(program), sizeof(program));
        problem = take_program(image, &program, size, limit);
    }
    if (problem == NULL && !entry_executable(image)) {
        problem = "the entry point is not in an executable segment";
    }
    return problem;
}

void elf_image_copy(const struct elf_image *image, uint8_t *to)
{
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];

        memcpy(to + (segment->address - image->base), image->file + segment->file_offset, segment->file_size);
    }
}
