/*
 * Four-level page tables (AMD APM volume 2, "Long-Mode Page Translation"),
 * 4 KiB leaves only: VTL1 is small, and rights differ page by page.
 *
 * Tables are reached through the direct map. Those of the kernel's half are
 * pages of the region (page_alloc_region), a process's any. None of these
 * functions flushes a TLB; callers that take a right away do. Callers hold
 * kernel_lock, or are the first processor at boot.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sk/gpa.h>

#define PTE_PRESENT  (UINT64_C(1) << 0)
#define PTE_WRITE    (UINT64_C(1) << 1)
#define PTE_USER     (UINT64_C(1) << 2)
#define PTE_PWT      (UINT64_C(1) << 3)
#define PTE_PCD      (UINT64_C(1) << 4)
#define PTE_ACCESSED (UINT64_C(1) << 5)
#define PTE_DIRTY    (UINT64_C(1) << 6)
#define PTE_GLOBAL   (UINT64_C(1) << 8)
#define PTE_GIVEN    (UINT64_C(1) << 9)  /* available to software; in the direct map: was VTL0's */
#define PTE_FREE     (UINT64_C(1) << 10) /* available to software; in the direct map: given, and nobody's */
#define PTE_NX       (UINT64_C(1) << 63)
#define PTE_GPA_MASK UINT64_C(0x000FFFFFFFFFF000)

/* Rights of a leaf. Accessed and dirty are preset, so that the processor never writes to a table. */
#define PAGE_KERNEL_RO (PTE_PRESENT | PTE_ACCESSED | PTE_DIRTY | PTE_GLOBAL | PTE_NX)
#define PAGE_KERNEL_RW (PAGE_KERNEL_RO | PTE_WRITE)
#define PAGE_KERNEL_DEVICE (PAGE_KERNEL_RW | PTE_PCD | PTE_PWT) /* uncached */
#define PAGE_KERNEL_RX (PTE_PRESENT | PTE_ACCESSED | PTE_DIRTY | PTE_GLOBAL)
#define PAGE_WINDOW_RO (PTE_PRESENT | PTE_ACCESSED | PTE_DIRTY | PTE_NX)
#define PAGE_WINDOW_RW (PAGE_WINDOW_RO | PTE_WRITE)
#define PAGE_USER_RO   (PTE_PRESENT | PTE_ACCESSED | PTE_DIRTY | PTE_USER | PTE_NX)
#define PAGE_USER_RW   (PAGE_USER_RO | PTE_WRITE)
#define PAGE_USER_RX   (PTE_PRESENT | PTE_ACCESSED | PTE_DIRTY | PTE_USER)

/* First index of the top-level table that belongs to the kernel; below it is ring 3's. */
#define PAGE_TABLE_KERNEL_INDEX 256u

/* Bytes behind one entry of the top-level table. */
#define PAGE_TABLE_TOP_REACH (UINT64_C(1) << 39)

/* The leaf entry for address, or NULL if a table on the way is missing. */
uint64_t *page_table_find(gpa_t root, uint64_t address);

/* As page_table_find, but makes the missing tables. NULL: out of memory; tables made so far stay. */
uint64_t *page_table_make(gpa_t root, uint64_t address);

/* Maps one page; the leaf must not be present. False: out of memory. */
bool page_table_map(gpa_t root, uint64_t address, gpa_t page, uint64_t rights);

/* Frees every page that ring 3 can see, its tables and the root. No processor may have it in CR3. */
void page_table_destroy_user(gpa_t root);
