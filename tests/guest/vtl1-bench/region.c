#include "region.h"

#include <stdbool.h>

#include <lib/string.h>

#include <keys/owner_key_hash.h>

#define PAGE 4096u
#define PRESENT_WRITE 3u
#define LARGE 0x80u

extern const uint8_t image_kernel[];

struct elf_header {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, program_offset, section_offset;
    uint32_t flags;
    uint16_t header_size, program_entry_size, program_count, section_entry_size, section_count, section_names;
};

struct elf_program {
    uint32_t type, flags;
    uint64_t offset, address, physical, file_size, memory_size, alignment;
};

struct elf_section {
    uint32_t name, type;
    uint64_t flags, address, offset, size;
    uint32_t link, info;
    uint64_t alignment, entry_size;
};

struct elf_symbol {
    uint32_t name;
    uint8_t info, other;
    uint16_t section;
    uint64_t value, size;
};

const struct measured_boot region_measured = {
    .hypervisor = { 0x11, 0x22, 0x33 },
    .secure_kernel = { 0x44, 0x55, 0x66 },
    .secure_kernel_version = 7,
    .secure_kernel_flags = SIGNED_IMAGE_DEBUG,
    .tpm_banks = 2,
};

struct image_owner region_owner = {
    .magic = IMAGE_OWNER_MAGIC,
    .version = IMAGE_OWNER_VERSION,
    .key_hash = OWNER_KEY_HASH,
};

static const struct elf_header *kernel_elf(void)
{
    return (const struct elf_header *)image_kernel;
}

static const struct elf_section *section(unsigned index)
{
    return (const struct elf_section *)(image_kernel + kernel_elf()->section_offset) + index;
}

uint64_t kernel_symbol(const char *name)
{
    for (unsigned i = 0; i < kernel_elf()->section_count; i++) {
        const struct elf_section *table = section(i);
        const struct elf_symbol *symbols = (const struct elf_symbol *)(image_kernel + table->offset);

        for (uint64_t n = 0; table->type == 2 && n < table->size / sizeof(*symbols); n++) {
            if (strcmp((const char *)image_kernel + section(table->link)->offset + symbols[n].name, name) == 0) {
                return symbols[n].value;
            }
        }
    }
    return 0;
}

void *kernel_pointer(const struct region *region, uint64_t linked)
{
    return (uint8_t *)region->block->kernel_base + (linked - VTL1_KERNEL_BASE);
}

static uint8_t *take(struct region *region, uint64_t size)
{
    uint8_t *at = region->base + region->next;

    region->next += (size + PAGE - 1) & ~(uint64_t)(PAGE - 1);
    return at;
}

static uint64_t *table_below(struct region *region, uint64_t *table, unsigned index)
{
    if (table[index] == 0) {
        table[index] = (uint64_t)take(region, PAGE) | PRESENT_WRITE;
    }
    return (uint64_t *)(table[index] & ~(uint64_t)(PAGE - 1));
}

static void map(struct region *region, uint64_t address, uint64_t to)
{
    uint64_t *table = (uint64_t *)region->cr3;

    for (unsigned shift = 39; shift > 12; shift -= 9) {
        table = table_below(region, table, address >> shift & 511);
    }
    table[address >> 12 & 511] = to | PRESENT_WRITE;
}

/* The bench itself, and all RAM below 4 GiB, where the firmware has it. */
static void map_identity(struct region *region)
{
    uint64_t *top = (uint64_t *)region->cr3;
    uint64_t *gigabytes = table_below(region, top, 0);

    for (uint64_t address = 0; address < UINT64_C(1) << 32; address += UINT64_C(1) << 21) {
        uint64_t *table = table_below(region, gigabytes, address >> 30 & 511);

        table[address >> 21 & 511] = address | PRESENT_WRITE | LARGE;
    }
}

static void load_kernel(struct region *region)
{
    const struct elf_program *programs = (const struct elf_program *)(image_kernel + kernel_elf()->program_offset);
    uint64_t end = 0;

    for (unsigned i = 0; i < kernel_elf()->program_count; i++) {
        const struct elf_program *program = &programs[i];

        if (program->type == 1) {
            uint64_t offset = program->address - VTL1_KERNEL_BASE;

            memcpy((uint8_t *)region->block->kernel_base + offset, image_kernel + program->offset, program->file_size);
            end = offset + program->memory_size;
        }
    }
    region->block->kernel_size = end;
    take(region, end);
    for (uint64_t offset = 0; offset < end; offset += PAGE) {
        map(region, VTL1_KERNEL_BASE + offset, region->block->kernel_base + offset);
    }
}

static void load_trustlets(struct region *region, const struct image *trustlets, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint64_t size = (uint64_t)(trustlets[i].end - trustlets[i].begin);
        uint8_t *at = take(region, size);

        memcpy(at, trustlets[i].begin, size);
        region->block->trustlets[i] = (struct vtl1_boot_range){ (uint64_t)at, size };
    }
    region->block->trustlet_count = count;
}

void region_build(struct region *region, const struct image *trustlets, uint32_t count, uint64_t ram, uint64_t ram_size)
{
    memset(region->base, 0, REGION_SIZE);
    region->next = 0;
    region->block = (struct vtl1_boot_block *)take(region, PAGE);
    region->cr3 = (uint64_t)take(region, PAGE);
    map_identity(region);
    for (uint64_t offset = 0; offset < REGION_SIZE; offset += PAGE) {
        map(region, VTL1_DIRECT_MAP + offset, (uint64_t)region->base + offset);
    }
    *region->block = (struct vtl1_boot_block){
        .magic = VTL1_BOOT_MAGIC,
        .region_base = (uint64_t)region->base,
        .region_size = REGION_SIZE,
        .processor_count = 2,
        .ram_range_count = 2,
        .ram = { { ram, ram_size }, { REGION_UNREADABLE, PAGE } },
        .owner = region_owner,
        .measured = region_measured,
    };
    /* Tables for the kernel's few pages come out of the region as well: leave room for them in front of it. */
    region->block->kernel_base = (uint64_t)region->base + ((region->next + 16 * PAGE + 0xFFFF) & ~UINT64_C(0xFFFF));
    map(region, VTL1_KERNEL_BASE, 0);
    region->next = region->block->kernel_base - (uint64_t)region->base;
    load_kernel(region);
    load_trustlets(region, trustlets, count);
    region->block->free_base = (uint64_t)region->base + region->next;
    region->entry = kernel_elf()->entry;
}
