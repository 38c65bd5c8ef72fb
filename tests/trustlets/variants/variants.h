/*
 * Signed images with something wrong, made by make-variants on the build
 * machine, started by mode=images of the VTL0 kernel: one base image, and for each
 * variant what is changed in its file and the signature over the result. The first
 * ones are each made for one answer; what the others lead to nobody knows beforehand.
 */
#pragma once

#include <stdint.h>

#include <abi/image.h>

#define VARIANTS_MAGIC   UINT64_C(0x53544E4149524156) /* "VARIANTS" */
#define VARIANTS_CHANCE  1024u
#define VARIANT_PATCHES  6u

/* Of variants "floor" and "at-floor". The owner of a machine that runs these tests has set the floor 2 for it. */
#define VARIANT_FLOOR_IDENTITY \
    { 0x7e, 0x3a, 0x51, 0xc6, 0x0d, 0x92, 0x48, 0xb4, 0x8f, 0x27, 0x6b, 0xd0, 0x15, 0xe9, 0xa3, 0x4c }

struct variant_patch {
    uint32_t offset, size; /* in the file; at most sizeof(bytes) */
    uint8_t bytes[8];
};

struct image_variant {
    char name[16];   /* what it is made for; empty: by chance */
    uint32_t size;   /* of the file; beyond the base it is zero */
    uint32_t patch_count;
    uint32_t reason; /* enum secure_refusal_reason to expect, 0: it runs; by chance: 0 */
    uint32_t detail;
    struct variant_patch patches[VARIANT_PATCHES];
    uint8_t signature[SIGNED_IMAGE_SIGNATURE_SIZE];
};
_Static_assert(sizeof(struct image_variant) == 192, "no holes");

struct image_variants {
    uint64_t magic;
    uint64_t seed;         /* of those by chance */
    uint32_t named, count; /* of variants[], the named ones first */
    uint64_t reserved;
    struct image_variant variants[];
};
