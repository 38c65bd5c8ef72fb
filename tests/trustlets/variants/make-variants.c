/* make-variants KEYFILE BASE.img OUT SEED: the variants of variants.h, of a base image that KEYFILE signed. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <abi/ium.h>
#include <abi/secure_call.h>
#include <elf_note.h>
#include <elf_plan.h>

#include "chance.h"
#include "files.h"
#include "image.h"
#include "keys.h"
#include "layout.h"
#include "variants.h"

#define HEADER_AT   sizeof(struct signed_image_signature)
#define KEY_AT      offsetof(struct signed_image_signature, public_key)
#define MAX_NAMED   32u
#define FLOOR       2u

static struct private_key owner, other;
static struct {
    struct image_variants header;
    struct image_variant variants[MAX_NAMED + VARIANTS_CHANCE];
} out;

static struct image_variant *next(const char *name, uint32_t reason, uint32_t detail)
{
    struct image_variant *variant = &out.variants[out.header.count++];

    snprintf(variant->name, sizeof(variant->name), "%s", name);
    variant->size = (uint32_t)layout.base.size;
    variant->reason = reason;
    variant->detail = detail;
    return variant;
}

/* The file as it is to be, but for its signature. */
static struct buffer apply(const struct image_variant *variant)
{
    size_t size = variant->size > layout.base.size ? variant->size : layout.base.size;
    struct buffer file = { calloc(1, size + 1), variant->size };

    if (file.data == NULL) {
        fail("no memory");
    }
    memcpy(file.data, layout.base.data, layout.base.size);
    for (uint32_t i = 0; i < variant->patch_count; i++) {
        memcpy(file.data + variant->patches[i].offset, variant->patches[i].bytes, variant->patches[i].size);
    }
    return file;
}

static void sign(struct image_variant *variant, const struct private_key *key)
{
    struct buffer file = apply(variant);
    struct signed_image_signature block;

    key_sign(key, file.data + HEADER_AT, file.size - HEADER_AT, &block);
    memcpy(variant->signature, block.signature, sizeof(variant->signature));
    free(file.data);
}

static void with_header(const char *name, uint32_t reason, uint32_t detail, size_t field, uint32_t value)
{
    struct image_variant *variant = next(name, reason, detail);

    variant_put(variant, (uint32_t)(HEADER_AT + field), &value, sizeof(value));
    sign(variant, &owner);
}

#define WITH_HEADER(name, reason, detail, field, value) \
    with_header(name, reason, detail, offsetof(struct signed_image_header, field), value)

static void with_payload(const char *name, uint32_t detail, uint64_t offset, uint64_t value, uint32_t size)
{
    struct image_variant *variant = next(name, SECURE_REFUSAL_ELF, detail);

    variant_put(variant, (uint32_t)(SIGNED_IMAGE_PAYLOAD_OFFSET + offset), &value, size);
    sign(variant, &owner);
}

static void container_variants(void)
{
    struct image_variant *variant;

    sign(next("base", 0, 0), &owner);
    variant = next("size", SECURE_REFUSAL_SIZE, 0);
    variant->size = SIGNED_IMAGE_PAYLOAD_OFFSET;
    sign(variant, &owner);
    variant = next("signature", SECURE_REFUSAL_SIGNATURE, 0);
    sign(variant, &owner);
    variant->signature[40] ^= 0x10;
    variant = next("key", SECURE_REFUSAL_KEY, 0);
    for (uint32_t at = 0; at < 32; at += 8) {
        variant_put(variant, (uint32_t)KEY_AT + at, other.public_key.bytes + at, 8);
    }
    sign(variant, &other);
}

/* A secure kernel's header, well formed: it has none of a trustlet's limits. */
static void kind_variant(void)
{
    static const uint32_t limits[] = {
        offsetof(struct signed_image_header, heap_pages), offsetof(struct signed_image_header, max_sessions),
        offsetof(struct signed_image_header, page_quota), offsetof(struct signed_image_header, call_time),
        offsetof(struct signed_image_header, syscalls),
    };
    struct image_variant *variant = next("kind", SECURE_REFUSAL_KIND, 0);
    const uint32_t kind = SIGNED_IMAGE_SECURE_KERNEL;
    const uint64_t none = 0;

    variant_put(variant, (uint32_t)(HEADER_AT + offsetof(struct signed_image_header, kind)), &kind, sizeof(kind));
    for (unsigned i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        variant_put(variant, (uint32_t)HEADER_AT + limits[i], &none, sizeof(none));
    }
    sign(variant, &owner);
}

/* Its owner's floor is FLOOR: one version below it, and one that is not. */
static void floor_variants(void)
{
    static const uint8_t identity[16] = VARIANT_FLOOR_IDENTITY;

    for (uint32_t version = FLOOR - 1; version <= FLOOR; version++) {
        struct image_variant *variant =
            version < FLOOR ? next("floor", SECURE_REFUSAL_FLOOR, 0) : next("at-floor", 0, 0);

        variant_put_manifest(variant, offsetof(struct signed_image_header, identity), identity, 8);
        variant_put_manifest(variant, offsetof(struct signed_image_header, identity) + 8, identity + 8, 8);
        variant_put_manifest(variant, offsetof(struct signed_image_header, security_version), &version, sizeof(version));
        sign(variant, &owner);
    }
}

static void header_variants(void)
{
    WITH_HEADER("header-magic", SECURE_REFUSAL_HEADER, 0, magic, 0);
    WITH_HEADER("header-name", SECURE_REFUSAL_HEADER, 0, name, 0x0A0A0A0A);
    WITH_HEADER("header-flags", SECURE_REFUSAL_HEADER, 0, flags, 0x80000000);
    WITH_HEADER("header-reserved", SECURE_REFUSAL_HEADER, 0, reserved, 1);
    WITH_HEADER("header-stack", SECURE_REFUSAL_HEADER, 0, stack_pages, 0);
    WITH_HEADER("limits-heap", SECURE_REFUSAL_LIMITS, 0, heap_pages, 4097);
    WITH_HEADER("limits-stack", SECURE_REFUSAL_LIMITS, 0, stack_pages, 257);
    WITH_HEADER("note", SECURE_REFUSAL_ELF, ELF_BAD_NOTE, security_version, 9);
}

static void with_quota(struct image_variant *variant, uint32_t pages)
{
    variant_put_manifest(variant, offsetof(struct signed_image_header, page_quota), &pages, sizeof(pages));
    sign(variant, &owner);
}

/* A page_quota that the header alone shows to be too small, and one that only the image's own pages do not fit. */
static void quota_variants(void)
{
    struct signed_image_header header;
    uint32_t least;

    memcpy(&header, layout.base.data + HEADER_AT, sizeof(header));
    least = IUM_THREAD_PAGES + 1 + header.heap_pages + ium_stack_count(header.syscalls, header.max_sessions) * header.stack_pages;
    with_quota(next("limits-quota", SECURE_REFUSAL_LIMITS, 0), least - 1);
    with_quota(next("limits-image", SECURE_REFUSAL_LIMITS, 0), least);
}

#define OF_ELF(field) offsetof(struct elf_header, field)

#define OF_PROGRAM(program, field) (layout.program + offsetof(struct elf_program_header, field))

static void elf_variants(void)
{
    struct image_variant *variant = next("elf-small", SECURE_REFUSAL_ELF, ELF_TOO_SMALL);
    const uint64_t payload_size = 32;

    variant->size = SIGNED_IMAGE_PAYLOAD_OFFSET + 32;
    variant_put(variant, (uint32_t)(HEADER_AT + offsetof(struct signed_image_header, payload_size)), &payload_size, 8);
    sign(variant, &owner);
    with_payload("elf-header", ELF_BAD_HEADER, OF_ELF(ident), 0, 1);
    with_payload("elf-not-pie", ELF_NOT_PIE, OF_ELF(type), 2, 2);
    with_payload("elf-table", ELF_BAD_TABLE, OF_ELF(program_count), ELF_MAX_PROGRAM_HEADERS + 1, 2);
    with_payload("elf-entry", ELF_BAD_ENTRY, OF_ELF(entry), 0xFFFFF000, 8);
    with_payload("elf-segment", ELF_BAD_SEGMENT, OF_PROGRAM(code, file_size), UINT64_MAX, 8);
    with_payload("elf-rights", ELF_BAD_RIGHTS, OF_PROGRAM(code, flags), 7, 4);
    with_payload("elf-overlap", ELF_OVERLAP, OF_PROGRAM(constants, address), 0, 8);
    with_payload("elf-interp", ELF_UNSUPPORTED, OF_PROGRAM(note, type), ELF_PT_INTERP, 4);
    with_payload("elf-dynamic", ELF_BAD_DYNAMIC, layout.dynamic_entries, ELF_DT_NEEDED, 8);
    with_payload("elf-relocation", ELF_BAD_RELOCATION, layout.relocations + offsetof(struct elf_rela, info), 1, 8);
}

int main(int count, char **arguments)
{
    if (count != 5) {
        fail("usage: make-variants KEYFILE BASE.img OUT SEED");
    }
    owner = key_read_private(arguments[1]);
    other = key_generate(owner.public_key.algorithm);
    layout_read(arguments[2]);
    out.header = (struct image_variants){ .magic = VARIANTS_MAGIC, .seed = strtoull(arguments[4], NULL, 0) };
    container_variants();
    kind_variant();
    floor_variants();
    header_variants();
    quota_variants();
    elf_variants();
    out.header.named = out.header.count;
    chance_begin(out.header.seed);
    for (unsigned i = 0; i < VARIANTS_CHANCE; i++) {
        struct image_variant *variant = next("", 0, 0);

        chance_change(variant);
        sign(variant, &owner);
    }
    write_file(arguments[3], &out, sizeof(out.header) + out.header.count * sizeof(out.variants[0]), 0644);
    return 0;
}
