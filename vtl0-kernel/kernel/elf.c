#include <vtl0/elf.h>

#include <lib/string.h>

#define ELF_PAGE        4096u
#define ELF_MAX_HEADERS 16u
#define SEGMENT_LOAD    1u

struct elf_header {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, program_headers, section_headers;
    uint32_t flags;
    uint16_t header_size, program_header_size, program_header_count;
    uint16_t section_header_size, section_header_count, section_names;
};
_Static_assert(sizeof(struct elf_header) == 64, "ELF64 header");

struct elf_program_header {
    uint32_t type, flags;
    uint64_t offset, address, physical, file_size, memory_size, alignment;
};
_Static_assert(sizeof(struct elf_program_header) == 56, "ELF64 program header");

static const uint8_t ident[7] = { 0x7F, 'E', 'L', 'F', 2 /* 64 bit */, 1 /* little-endian */, 1 };

static bool inside(uint64_t offset, uint64_t size, uint64_t limit)
{
    return offset <= limit && size <= limit - offset;
}

int elf_open(const uint8_t *image, size_t size, uint64_t *entry)
{
    struct elf_header header;

    if (size < sizeof(header)) {
        return -1;
    }
    memcpy(&header, image, sizeof(header));
    if (memcmp(header.ident, ident, sizeof(ident)) != 0 || header.machine != 62 || header.type != 2 ||
        header.program_header_size != sizeof(struct elf_program_header) ||
        header.program_header_count > ELF_MAX_HEADERS ||
        !inside(header.program_headers, header.program_header_count * sizeof(struct elf_program_header), size)) {
        return -1;
    }
    *entry = header.entry;
    return header.program_header_count;
}

static bool segment_ok(const struct elf_program_header *header, size_t size, uint64_t low, uint64_t high)
{
    bool write_and_execute = (header->flags & ELF_WRITE) != 0 && (header->flags & ELF_EXECUTE) != 0;

    return !write_and_execute && header->file_size <= header->memory_size &&
           inside(header->offset, header->file_size, size) && header->address % ELF_PAGE == 0 &&
           header->address >= low && inside(header->address - low, header->memory_size, high - low);
}

int elf_segment_at(const uint8_t *image, size_t size, unsigned index, uint64_t low, uint64_t high,
                   struct elf_segment *segment)
{
    struct elf_header file;
    struct elf_program_header header;

    memcpy(&file, image, sizeof(file));
    memcpy(&header, image + file.program_headers + index * sizeof(header), sizeof(header));
    if (header.type != SEGMENT_LOAD || header.memory_size == 0) {
        return 0;
    }
    if (!segment_ok(&header, size, low, high)) {
        return -1;
    }
    *segment = (struct elf_segment){
        .address = header.address,
        .memory_size = header.memory_size,
        .bytes = image + header.offset,
        .file_size = header.file_size,
        .rights = header.flags,
    };
    return 1;
}
