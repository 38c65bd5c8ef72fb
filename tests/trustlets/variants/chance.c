#include "chance.h"

#include <stddef.h>
#include <string.h>

#include <elf.h>

#include "files.h"
#include "layout.h"

struct field {
    uint32_t offset, size;
};

#define OF(structure, member) { offsetof(struct structure, member), sizeof(((struct structure *)0)->member) }

static const struct field header_fields[] = {
    OF(signed_image_header, magic), OF(signed_image_header, header_size), OF(signed_image_header, kind),
    OF(signed_image_header, payload_size), OF(signed_image_header, security_version), OF(signed_image_header, flags),
    OF(signed_image_header, heap_pages), OF(signed_image_header, stack_pages), OF(signed_image_header, max_sessions),
    OF(signed_image_header, max_instances), OF(signed_image_header, page_quota), OF(signed_image_header, handle_quota),
    OF(signed_image_header, call_time), OF(signed_image_header, syscalls),
};

static const struct field elf_fields[] = {
    OF(elf_header, type), OF(elf_header, machine), OF(elf_header, version), OF(elf_header, entry), OF(elf_header, program_offset),
    OF(elf_header, header_size), OF(elf_header, program_entry_size), OF(elf_header, program_count),
};

static const struct field program_fields[] = {
    OF(elf_program_header, type), OF(elf_program_header, flags), OF(elf_program_header, offset), OF(elf_program_header, address),
    OF(elf_program_header, file_size), OF(elf_program_header, memory_size), OF(elf_program_header, alignment),
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint64_t state;

/* SplitMix64. */
static uint64_t chance(void)
{
    uint64_t z = state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static uint64_t below(uint64_t limit)
{
    return chance() % limit;
}

void chance_begin(uint64_t seed)
{
    state = seed;
}

/* Close to what was there, an edge, or anything. */
static uint64_t another(uint64_t old)
{
    static const uint64_t edges[] = { 0, 1, 2, 3, 7, 8, 4095, 4096, 4097, 0x7FFFFFFF, 0x80000000, UINT32_MAX, UINT64_MAX >> 1,
                                      UINT64_MAX - 4095, UINT64_MAX, UINT64_C(0x10000000000), UINT64_C(0xFFFF900000000000) };

    switch (below(6)) {
    case 0:
        return old + 1;
    case 1:
        return old - 1;
    case 2:
        return old ^ UINT64_C(1) << below(64);
    case 3:
        return old + (below(2) == 0 ? 4096 : UINT64_MAX - 4095);
    case 4:
        return edges[below(COUNT(edges))];
    default:
        return chance();
    }
}

/* What a patch puts there: another value of the field at offset of the base. */
static uint64_t changed(uint32_t offset, uint32_t size)
{
    uint64_t old = 0;

    memcpy(&old, layout.base.data + offset, size);
    return another(old);
}

static void change_at(struct image_variant *variant, uint64_t offset, const struct field *field)
{
    uint32_t at = (uint32_t)offset + field->offset;
    uint64_t value = changed(at, field->size);

    variant_put(variant, at, &value, field->size);
}

static void change_header(struct image_variant *variant)
{
    change_at(variant, sizeof(struct signed_image_signature), &header_fields[below(COUNT(header_fields))]);
}

/* Header and note agree. */
static void change_manifest(struct image_variant *variant)
{
    for (uint64_t left = 1 + below(2); left > 0; left--) {
        const struct field *field = &header_fields[4 + below(COUNT(header_fields) - 4)];
        uint64_t value = changed((uint32_t)sizeof(struct signed_image_signature) + field->offset, field->size);

        variant_put_manifest(variant, field->offset, &value, field->size);
    }
}

static void change_elf(struct image_variant *variant)
{
    for (uint64_t left = 1 + below(2); left > 0; left--) {
        if (below(4) == 0) {
            change_at(variant, SIGNED_IMAGE_PAYLOAD_OFFSET, &elf_fields[below(COUNT(elf_fields))]);
        } else {
            uint64_t program = layout.programs + below(layout.program_count) * sizeof(struct elf_program_header);

            change_at(variant, SIGNED_IMAGE_PAYLOAD_OFFSET + program, &program_fields[below(COUNT(program_fields))]);
        }
    }
}

static void change_dynamic(struct image_variant *variant)
{
    static const struct field word = { 0, sizeof(uint64_t) };
    uint64_t at = below(2) == 0 ? layout.dynamic_entries + 8 * below(24) : layout.relocations + 8 * below(9);

    change_at(variant, SIGNED_IMAGE_PAYLOAD_OFFSET + at, &word);
}

/* Any bytes of a segment's: code that does something else, pointers to elsewhere. */
static void change_contents(struct image_variant *variant)
{
    struct elf_program_header program;

    memcpy(&program, layout.base.data + SIGNED_IMAGE_PAYLOAD_OFFSET + (below(4) == 0 ? layout.constants : layout.code), sizeof(program));
    for (uint64_t left = 1 + below(VARIANT_PATCHES); left > 0; left--) {
        uint64_t bytes = chance();

        variant_put(variant, (uint32_t)(SIGNED_IMAGE_PAYLOAD_OFFSET + program.offset + below(program.file_size - 8)), &bytes,
                    1 + (uint32_t)below(8));
    }
}

/* Cut off or longer; the header says so, or does not. */
static void change_size(struct image_variant *variant)
{
    uint64_t payload = below(4) == 0 ? below(4096) + 1 : 1 + below(layout.base.size - SIGNED_IMAGE_PAYLOAD_OFFSET);

    if (below(4) == 0) {
        payload = layout.base.size - SIGNED_IMAGE_PAYLOAD_OFFSET + 1 + below(4096);
    }
    variant->size = SIGNED_IMAGE_PAYLOAD_OFFSET + (uint32_t)payload;
    if (below(4) != 0) {
        variant_put(variant, sizeof(struct signed_image_signature) + offsetof(struct signed_image_header, payload_size), &payload, 8);
    }
}

void chance_change(struct image_variant *variant)
{
    static void (*const changes[])(struct image_variant *) = {
        change_header, change_manifest, change_manifest, change_elf, change_elf, change_elf, change_dynamic, change_contents,
        change_contents, change_contents, change_contents, change_size,
    };

    changes[below(COUNT(changes))](variant);
}
