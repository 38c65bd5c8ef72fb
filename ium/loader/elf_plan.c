#include "elf_plan.h"

#include <stdbool.h>
#include <stddef.h>

#include <abi/ium.h>

#include "elf_note.h"

#define PAGE_SIZE UINT64_C(4096)

static bool fits(uint64_t offset, uint64_t size, uint64_t limit)
{
    return offset <= limit && size <= limit - offset;
}

static bool ident_ok(const uint8_t *ident)
{
    /* Magic, 64-bit, little-endian, version 1; OS ABI System V (0) or GNU (3). */
    return ident[0] == 0x7F && ident[1] == 'E' && ident[2] == 'L' && ident[3] == 'F' && ident[4] == 2 && ident[5] == 1 &&
           ident[6] == 1 && (ident[7] == 0 || ident[7] == 3);
}

enum elf_error elf_check_header(const struct elf_header *header, uint64_t file_size)
{
    if (!ident_ok(header->ident) || header->machine != ELF_MACHINE_AMD64 || header->version != 1 ||
        header->header_size != sizeof(*header)) {
        return ELF_BAD_HEADER;
    }
    if (header->type != ELF_TYPE_DYN) {
        return ELF_NOT_PIE;
    }
    if (header->program_entry_size != sizeof(struct elf_program_header) || header->program_count == 0 ||
        header->program_count > ELF_MAX_PROGRAM_HEADERS ||
        !fits(header->program_offset, header->program_count * sizeof(struct elf_program_header), file_size)) {
        return ELF_BAD_TABLE;
    }
    return ELF_OK;
}

static enum elf_error segment_rights(uint32_t flags, uint32_t *rights)
{
    if ((flags & ~(uint32_t)(ELF_PF_R | ELF_PF_W | ELF_PF_X)) != 0 || (flags & ELF_PF_R) == 0 ||
        (flags & (ELF_PF_W | ELF_PF_X)) == (ELF_PF_W | ELF_PF_X)) {
        return ELF_BAD_RIGHTS;
    }
    *rights = IUM_READ | ((flags & ELF_PF_W) != 0 ? IUM_WRITE : 0) | ((flags & ELF_PF_X) != 0 ? IUM_EXECUTE : 0);
    return ELF_OK;
}

static enum elf_error add_segment(const struct elf_program_header *program, uint64_t file_size, struct elf_plan *plan)
{
    struct elf_segment *segment = &plan->segments[plan->count];
    const struct elf_segment *previous = segment - 1;

    if (plan->count == ELF_MAX_SEGMENTS) {
        return ELF_UNSUPPORTED;
    }
    if (program->memory_size == 0 || program->file_size > program->memory_size || program->address % PAGE_SIZE != 0 ||
        !fits(program->offset, program->file_size, file_size) ||
        !fits(program->address, program->memory_size, IUM_IMAGE_MAX_SIZE)) {
        return ELF_BAD_SEGMENT;
    }
    if (plan->count != 0 && program->address < previous->address + previous->size) {
        return ELF_OVERLAP;
    }
    *segment = (struct elf_segment){
        .address = program->address,
        .size = (program->memory_size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1),
        .file_offset = program->offset,
        .file_size = program->file_size,
    };
    plan->count++;
    return segment_rights(program->flags, &segment->rights);
}

static enum elf_error add_dynamic(const struct elf_program_header *program, struct elf_plan *plan)
{
    if (plan->dynamic_size != 0 || program->memory_size == 0 || program->address % 8 != 0 ||
        program->memory_size % sizeof(struct elf_dynamic) != 0) {
        return ELF_BAD_DYNAMIC;
    }
    plan->dynamic = program->address;
    plan->dynamic_size = program->memory_size;
    return ELF_OK;
}

static enum elf_error add_note(const struct elf_program_header *program, uint64_t file_size, struct elf_plan *plan)
{
    if (plan->note_count != 0 || program->file_size != sizeof(struct elf_note) ||
        !fits(program->offset, program->file_size, file_size)) {
        return ELF_BAD_NOTE;
    }
    plan->note_offset = program->offset;
    plan->note_count = 1;
    return ELF_OK;
}

enum elf_error elf_add_program(const struct elf_program_header *program, uint64_t file_size, struct elf_plan *plan)
{
    switch (program->type) {
    case ELF_PT_LOAD:
        return add_segment(program, file_size, plan);
    case ELF_PT_DYNAMIC:
        return add_dynamic(program, plan);
    case ELF_PT_NOTE:
        return add_note(program, file_size, plan);
    case ELF_PT_INTERP:
    case ELF_PT_TLS:
        return ELF_UNSUPPORTED;
    case ELF_PT_GNU_STACK:
        return (program->flags & ELF_PF_X) != 0 ? ELF_BAD_RIGHTS : ELF_OK;
    default:
        return ELF_OK; /* nothing to do, nothing read */
    }
}

static const struct elf_segment *segment_of(const struct elf_plan *plan, uint64_t address)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct elf_segment *segment = &plan->segments[i];

        if (address >= segment->address && address - segment->address < segment->size) {
            return segment;
        }
    }
    return NULL;
}

enum elf_error elf_check_entry(const struct elf_plan *plan)
{
    const struct elf_segment *entry = segment_of(plan, plan->entry);

    if (plan->count == 0) {
        return ELF_UNSUPPORTED;
    }
    return entry != NULL && (entry->rights & IUM_EXECUTE) != 0 ? ELF_OK : ELF_BAD_ENTRY;
}

enum elf_error elf_check_dynamic(const struct elf_plan *plan)
{
    const struct elf_segment *dynamic = segment_of(plan, plan->dynamic);

    if (plan->dynamic_size != 0 &&
        (dynamic == NULL || !fits(plan->dynamic - dynamic->address, plan->dynamic_size, dynamic->file_size))) {
        return ELF_BAD_DYNAMIC;
    }
    return ELF_OK;
}

static enum elf_error check_whole(const struct elf_plan *plan)
{
    enum elf_error error = elf_check_entry(plan);

    if (error == ELF_OK) {
        error = elf_check_dynamic(plan);
    }
    return error == ELF_OK && plan->note_count != 1 ? ELF_BAD_NOTE : error;
}

enum elf_error elf_make_plan(const struct elf_header *header, const struct elf_program_header *programs,
                             uint64_t file_size, struct elf_plan *plan)
{
    *plan = (struct elf_plan){ .entry = header->entry };
    for (uint32_t i = 0; i < header->program_count; i++) {
        enum elf_error error = elf_add_program(&programs[i], file_size, plan);

        if (error != ELF_OK) {
            return error;
        }
    }
    return check_whole(plan);
}
