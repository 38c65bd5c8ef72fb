#include "elf_relocate.h"

#include <stdbool.h>
#include <stddef.h>

#include <lib/string.h>

#include <abi/ium.h>

struct rela_table {
    uint64_t address, size, entry_size;
};

/* Is [address, address + size) inside one segment? Executable ones are never relocated. */
static bool in_segment(const struct elf_plan *plan, uint64_t address, uint64_t size, bool to_write)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct elf_segment *segment = &plan->segments[i];

        if (address >= segment->address && address - segment->address <= segment->size &&
            size <= segment->size - (address - segment->address)) {
            return !to_write || (segment->rights & IUM_EXECUTE) == 0;
        }
    }
    return false;
}

static enum elf_error take_entry(const struct elf_dynamic *entry, struct rela_table *table)
{
    switch (entry->tag) {
    case ELF_DT_RELA:
        table->address = entry->value;
        return ELF_OK;
    case ELF_DT_RELASZ:
        table->size = entry->value;
        return ELF_OK;
    case ELF_DT_RELAENT:
        table->entry_size = entry->value;
        return ELF_OK;
    case ELF_DT_NEEDED:
    case ELF_DT_PLTRELSZ:
    case ELF_DT_INIT:
    case ELF_DT_FINI:
    case ELF_DT_REL:
    case ELF_DT_TEXTREL:
    case ELF_DT_JMPREL:
    case ELF_DT_INIT_ARRAY:
    case ELF_DT_FINI_ARRAY:
    case ELF_DT_RELRSZ:
    case ELF_DT_RELR:
        return ELF_BAD_DYNAMIC; /* would have to be obeyed, and is not */
    default:
        return ELF_OK;
    }
}

static enum elf_error read_dynamic(const struct elf_plan *plan, const uint8_t *memory, struct rela_table *table)
{
    *table = (struct rela_table){ .entry_size = sizeof(struct elf_rela) };
    for (uint64_t offset = 0; offset < plan->dynamic_size; offset += sizeof(struct elf_dynamic)) {
        struct elf_dynamic entry;
        enum elf_error error;

        memcpy(&entry, memory + plan->dynamic + offset, sizeof(entry));
        if (entry.tag == ELF_DT_NULL) {
            break;
        }
        error = take_entry(&entry, table);
        if (error != ELF_OK) {
            return error;
        }
    }
    if (table->size == 0) {
        return ELF_OK;
    }
    if (table->entry_size != sizeof(struct elf_rela) || table->size % sizeof(struct elf_rela) != 0 ||
        !in_segment(plan, table->address, table->size, false)) {
        return ELF_BAD_DYNAMIC;
    }
    return ELF_OK;
}

/* One entry, from a copy: a relocation may well overwrite the table it is in. */
static enum elf_error apply(const struct elf_plan *plan, uint8_t *memory, uint64_t base, const struct elf_rela *rela)
{
    uint64_t value = base + (uint64_t)rela->addend;

    if (rela->info != ELF_R_AMD64_RELATIVE || rela->addend < 0 || (uint64_t)rela->addend > IUM_IMAGE_MAX_SIZE ||
        !in_segment(plan, rela->offset, sizeof(value), true)) {
        return ELF_BAD_RELOCATION;
    }
    memcpy(memory + rela->offset, &value, sizeof(value));
    return ELF_OK;
}

enum elf_error elf_relocate(const struct elf_plan *plan, uint8_t *memory, uint64_t base)
{
    struct rela_table table;
    enum elf_error error = read_dynamic(plan, memory, &table);

    for (uint64_t offset = 0; error == ELF_OK && offset < table.size; offset += sizeof(struct elf_rela)) {
        struct elf_rela rela;

        memcpy(&rela, memory + table.address + offset, sizeof(rela));
        error = apply(plan, memory, base, &rela);
    }
    return error;
}
