/* The loader's part: the VTL1 region filled as abi/boot_block.h says, and the first page tables. */
#pragma once

#include <stdint.h>

#include <abi/boot_block.h>

#define REGION_SIZE UINT64_C(0x1000000)

/* A page the block calls RAM and the processor cannot reach: beyond its physical addresses. */
#define REGION_UNREADABLE (UINT64_C(1) << 50)

struct region {
    uint8_t *base;          /* identity mapped; 2 MiB aligned */
    struct vtl1_boot_block *block;
    uint64_t cr3;           /* first page tables, which also map everything of the bench's */
    uint64_t entry;
    uint64_t next;          /* offset of the first byte not used yet */
};

struct image {
    const uint8_t *begin, *end;
};

/* The owner the next region says; the build's, until a test says another. */
extern struct image_owner region_owner;
extern const struct measured_boot region_measured; /* what it says was measured: any bytes, to be found again */

/* Fills region->base again from nothing: kernel, tables, the count trustlets given. Frames may be in [ram, ram + ram_size). */
void region_build(struct region *region, const struct image *trustlets, uint32_t count, uint64_t ram, uint64_t ram_size);

/* The address of one of the secure kernel's symbols, as it is linked. 0: none of that name. */
uint64_t kernel_symbol(const char *name);

/* The bench's pointer to something in the secure kernel's image. */
void *kernel_pointer(const struct region *region, uint64_t linked);
