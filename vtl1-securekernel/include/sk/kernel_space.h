/*
 * The kernel's half of every address space:
 *
 *   VTL1_DIRECT_MAP       the whole region, never executable, and read-only
 *                         where the image's text and constants are; at the
 *                         same distance, below and above, every page that VTL0
 *                         gave, for as long as VTL1 has it
 *   KERNEL_STACKS_BASE    every stack but the boot stack, each below a hole
 *   KERNEL_WINDOWS_BASE   one page a processor, onto VTL0's memory
 *   KERNEL_IMAGE_BASE     the trustlet's file that is being loaded
 *   KERNEL_TPM_BASE       the registers of the TPM's locality 0, if there is one
 *   VTL1_KERNEL_BASE      the image, W^X
 *
 * Built once at boot; afterwards only entries of windows, of given pages and of
 * the file that is loaded change.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <abi/boot_block.h>

#include <sk/gpa.h>

#define KERNEL_STACKS_BASE  UINT64_C(0xFFFFA00000000000)
#define KERNEL_WINDOWS_BASE UINT64_C(0xFFFFA10000000000)
#define KERNEL_IMAGE_BASE   UINT64_C(0xFFFFA20000000000)
#define KERNEL_TPM_BASE     UINT64_C(0xFFFFA30000000000)
#define KERNEL_STACK_PAGES  8u
#define KERNEL_IST_PAGES    2u
#define KERNEL_STACKS_PER_CPU 5u

/* Addresses further from the region than this are not in the direct map: what is above and below it is another's. */
#define DIRECT_MAP_REACH (UINT64_C(15) << 40)

/* Where the kernel reaches a page of the region, or one that VTL0 gave. */
void *direct_map(gpa_t page);

/* Can the page have a place in the direct map? */
bool direct_map_reaches(gpa_t page);

/* The page's entry in the direct map. NULL: it is not in it, so it is neither the region's nor given. */
uint64_t *direct_map_entry(gpa_t page);

/* Makes the tables for a page that VTL0 is about to give; page: direct_map_reaches. False: the region has no page left. */
bool direct_map_prepare(gpa_t page);

/* Puts a page in, marked PTE_GIVEN, after direct_map_prepare. */
void direct_map_add(gpa_t page);

/*
 * Takes a given page out. Another processor may keep the translation for a
 * while: nothing uses it, and if the page comes back it is the same one.
 */
void direct_map_remove(gpa_t page);

/* The guest-physical address of something in the kernel's image. */
gpa_t image_gpa(const void *address);

/* Before everything else: tells direct_map and image_gpa where the region and the image are. */
void kernel_space_locate(const struct vtl1_boot_block *block);

/* Builds the tables. False: out of memory. First processor, at boot, on the loader's tables. */
bool kernel_space_build(const struct vtl1_boot_block *block);

/* The tables with nothing of ring 3 in them. */
gpa_t kernel_space_root(void);

/* Puts them into CR3. */
void kernel_space_enter(void);

/* A root with the kernel's half and an empty half for ring 3. False: out of memory. */
bool kernel_space_new_root(gpa_t *out);

/* Maps stack number of the processor (0: its main stack, 1..: IST stacks) above an unmapped page. False: out of memory. */
bool kernel_stack_map(uint32_t processor, unsigned number, uint64_t *top);

/* Maps the page with the TPM's registers at KERNEL_TPM_BASE. Before the first kernel_space_new_root. False: out of memory. */
bool kernel_tpm_map(gpa_t page);

/* Makes the processor's window: an address with a page-table entry to fill in. False: out of memory. */
bool kernel_window_map(uint32_t processor, uint64_t *address, uint64_t **entry);
