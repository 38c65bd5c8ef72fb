/* The base image's parts, and how a variant changes them. Offsets without a word are in the payload. */
#pragma once

#include "files.h"
#include "variants.h"

struct layout {
    struct buffer base;          /* the whole file */
    uint64_t programs;           /* the program headers; */
    uint32_t program_count;
    uint64_t code, constants, note, dynamic; /* of these, the first executable and the first read-only PT_LOAD, PT_NOTE, PT_DYNAMIC */
    uint64_t note_manifest;      /* the note's copy of the signed header */
    uint64_t dynamic_entries, relocations;
};

extern struct layout layout;

/* Reads it; fails when it is not a signed trustlet with all of these parts. */
void layout_read(const char *path);

/* One more patch of the variant: size bytes (at most 8) at an offset in the file. Fails when there is no room. */
void variant_put(struct image_variant *variant, uint32_t offset, const void *bytes, uint32_t size);

/* The same field of the signed header and of the note: another manifest, not a broken one. */
void variant_put_manifest(struct image_variant *variant, size_t field, const void *bytes, uint32_t size);
