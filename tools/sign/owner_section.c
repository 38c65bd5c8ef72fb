#include "owner_section.h"

#include <stdbool.h>
#include <string.h>

/* Microsoft PE and COFF Specification, "File Headers", "Optional Header", "Section Table". */
#define PE_POINTER_AT       0x3Cu
#define PE_SIGNATURE        0x00004550u
#define COFF_SECTIONS_AT    6u  /* from the signature, as the next two */
#define COFF_OPTIONAL_AT    20u
#define COFF_SIZE           24u
#define OPTIONAL_PE32_PLUS  0x20Bu
#define OPTIONAL_CHECKSUM_AT 64u
#define SECTION_SIZE        40u
#define SECTION_RAW_SIZE_AT 16u
#define SECTION_RAW_AT      20u
#define MAX_SECTIONS        96u

struct pe {
    size_t optional, sections;
    uint32_t section_count;
};

/* Little-endian; a place behind the file's end reads as zero, which no check accepts. */
static uint32_t read_at(const struct buffer *file, size_t at, unsigned size)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < size && at + i < file->size; i++) {
        value |= (uint32_t)file->data[at + i] << 8 * i;
    }
    return value;
}

static void write_at(struct buffer *file, size_t at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        file->data[at + i] = (uint8_t)(value >> 8 * i);
    }
}

static bool find_headers(const struct buffer *file, struct pe *pe)
{
    size_t signature = read_at(file, PE_POINTER_AT, 4);

    pe->optional = signature + COFF_SIZE;
    pe->sections = pe->optional + read_at(file, signature + COFF_OPTIONAL_AT, 2);
    pe->section_count = read_at(file, signature + COFF_SECTIONS_AT, 2);
    return read_at(file, 0, 2) == 0x5A4D && read_at(file, signature, 4) == PE_SIGNATURE &&
           read_at(file, pe->optional, 2) == OPTIONAL_PE32_PLUS && pe->section_count <= MAX_SECTIONS &&
           pe->sections + pe->section_count * SECTION_SIZE <= file->size;
}

size_t owner_section_find(const char *path, const struct buffer *file)
{
    static const char name[8] = IMAGE_OWNER_SECTION;
    struct pe pe;

    if (!find_headers(file, &pe)) {
        fail("%s: not a 64-bit PE image", path);
    }
    for (uint32_t i = 0; i < pe.section_count; i++) {
        size_t section = pe.sections + i * SECTION_SIZE;
        size_t at = read_at(file, section + SECTION_RAW_AT, 4);

        if (memcmp(file->data + section, name, sizeof(name)) == 0 &&
            read_at(file, section + SECTION_RAW_SIZE_AT, 4) >= sizeof(struct image_owner) && at <= file->size &&
            sizeof(struct image_owner) <= file->size - at) {
            return at;
        }
    }
    fail("%s: no section %s, so not an OpenVSM loader", path, IMAGE_OWNER_SECTION);
}

/* The sum of all 16-bit words with the carries added in, the field itself counted as zero, and the file's size. */
static uint32_t checksum(const struct buffer *file, size_t field)
{
    uint32_t sum = 0;

    for (size_t at = 0; at < file->size; at += 2) {
        if (at != field && at != field + 2) {
            sum += read_at(file, at, 2);
            sum = (sum & 0xFFFF) + (sum >> 16);
        }
    }
    return sum + (uint32_t)file->size;
}

void owner_section_write(struct buffer *file, size_t at, const struct image_owner *owner)
{
    struct pe pe;
    size_t field;

    memcpy(file->data + at, owner, sizeof(*owner));
    if (find_headers(file, &pe)) {
        field = pe.optional + OPTIONAL_CHECKSUM_AT;
        if (read_at(file, field, 4) != 0) {
            write_at(file, field, checksum(file, field));
        }
    }
}
