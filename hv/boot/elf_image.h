/*
 * The one form of ELF file that boot loads (the resident hypervisor, and the
 * secure kernel after its signature was checked): 64-bit x86-64 executables
 * at a fixed address, segments ascending, page-disjoint, none of them writable
 * and executable. Everything else is refused. Pure and bounds-checked.
 */
#pragma once

#include <hv/types.h>

#define ELF_MAX_SEGMENTS 8u

struct elf_segment {
    uint64_t address;     /* where it starts, any alignment */
    uint64_t file_offset;
    uint64_t file_size;
    uint64_t memory_size; /* >= file_size; the rest is zero */
    bool writable;
    bool executable;
};

struct elf_image {
    const uint8_t *file;
    uint64_t base; /* page aligned; segment pages lie in [base, base + size) */
    uint64_t size; /* multiple of 4 KiB */
    uint64_t entry;
    uint32_t segment_count;
    struct elf_segment segments[ELF_MAX_SEGMENTS];
};

/* Understands file[0..size). NULL: image is filled and points into file. Otherwise: what is wrong, in words. */
const char *elf_image_parse(const uint8_t *file, uint64_t size, uint64_t base, uint64_t limit, struct elf_image *image);

/* Copies the segments to `to`, image->size zeroed bytes that stand for [base, base + size). */
void elf_image_copy(const struct elf_image *image, uint8_t *to);

/* First page of a segment, and the bytes of its whole pages. */
uint64_t elf_segment_page(const struct elf_segment *segment);
uint64_t elf_segment_pages_size(const struct elf_segment *segment);
