/*
 * What the loader hands to the secure kernel at its first entry, in the first
 * page of the VTL1 region. At the first entry RDX = guest-physical address of
 * the block; the block is inside the region, so VTL0 loses it with the rest.
 *
 * The region is one physically contiguous, 2 MiB aligned piece of memory that
 * the firmware's map calls reserved. The loader fills it in this order:
 *   page 0              this block
 *   page 1..            first page tables, GDT-less entry state is in the VP context
 *   secure kernel segments, page aligned, as the ELF program headers say
 *   trustlet images     whole signed files
 *   [free_base, end)    free memory, zeroed
 *
 * Address space at entry: the secure kernel at its linked address (W^X), and
 * the whole region writable, not executable at VTL1_DIRECT_MAP + gpa - region_base.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <abi/measured_boot.h>
#include <abi/owner.h>

#define VTL1_BOOT_MAGIC      UINT64_C(0x4B4C42314C545630)
#define VTL1_DIRECT_MAP      UINT64_C(0xFFFF900000000000)
#define VTL1_KERNEL_BASE     UINT64_C(0xFFFFFFFF80000000)
#define VTL1_MAX_TRUSTLETS   8u
#define VTL1_MAX_PROCESSORS  64u
#define VTL1_MAX_RAM_RANGES  64u

struct vtl1_boot_range {
    uint64_t base;
    uint64_t size;
};

/* What the TPM gave to this measured state (docs/boot.md, "The key root"); all zero without a TPM 2.0 that was measured into. */
struct vtl1_boot_root {
    uint8_t secret[32];  /* what the key root is made of; the secure kernel wipes it when it has done that */
    uint8_t pcrs[3][32]; /* MEASURED_PCR_* in ascending order, SHA-256 bank, before the end of the boot capped the first */
    uint32_t from_tpm;   /* 1: the above is there */
    uint32_t reserved;
};
_Static_assert(sizeof(struct vtl1_boot_root) == 136, "in the boot block");

struct vtl1_boot_block {
    uint64_t magic;
    uint64_t region_base;
    uint64_t region_size;
    uint64_t free_base;        /* first free byte, guest-physical, page aligned */
    uint64_t kernel_base;      /* guest-physical address of the image's first byte */
    uint64_t kernel_size;
    uint32_t processor_count;
    uint32_t trustlet_count;
    struct vtl1_boot_range trustlets[VTL1_MAX_TRUSTLETS]; /* signed files, guest-physical */
    uint32_t ram_range_count;
    uint32_t reserved;
    struct vtl1_boot_range ram[VTL1_MAX_RAM_RANGES]; /* what call frames may be in; sorted, disjoint, without hypervisor and region */
    struct image_owner owner; /* whose images VTL1 runs, and from which version on */
    struct measured_boot measured;
    struct vtl1_boot_root root;
};
_Static_assert(sizeof(struct vtl1_boot_block) <= 4096, "one page");

/* What the secure kernel answers in RAX at its first VTL return. */
enum vtl1_boot_status {
    VTL1_BOOT_READY = 0,
    VTL1_BOOT_BAD_BLOCK = 1, /* also any failure before VTL1 could hand back a status of its choice; COM2 names it */
    VTL1_BOOT_NO_MEMORY = 2,
    VTL1_BOOT_HYPERCALL_FAILED = 3,
    VTL1_BOOT_BAD_TRUSTLET_SIGNATURE = 4, /* another key's as well */
    VTL1_BOOT_BAD_TRUSTLET_IMAGE = 5,
    VTL1_BOOT_TRUSTLET_FAULT = 6,
    VTL1_BOOT_NO_ENTROPY = 7,
    VTL1_BOOT_TRUSTLET_BELOW_FLOOR = 8, /* signed by the owner, but older than the owner allows */
    VTL1_BOOT_TPM_FAILED = 9, /* the loader measured into a TPM that VTL1 cannot take or read */
    VTL1_BOOT_PROCESSOR_READY = 0x100, /* answer of each further processor */
};
