/* The little of ELF64 that a static user image needs (System V ABI, "Program Header"). Runs on a host too. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum elf_rights { ELF_EXECUTE = 1, ELF_WRITE = 2, ELF_READ = 4 };

struct elf_segment {
    uint64_t address;   /* page aligned */
    uint64_t memory_size;
    const uint8_t *bytes;
    uint64_t file_size;
    uint32_t rights;    /* enum elf_rights; never write and execute together */
};

/* Checks the header; *entry becomes the entry point. The number of program headers, or -1 for a damaged image. */
int elf_open(const uint8_t *image, size_t size, uint64_t *entry);

/* Program header index: 1 = a segment to load, 0 = nothing to do, -1 = damaged or outside [low, high). */
int elf_segment_at(const uint8_t *image, size_t size, unsigned index, uint64_t low, uint64_t high,
                   struct elf_segment *segment);
