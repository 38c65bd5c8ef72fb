/*
 * Page tables. The kernel's space maps everything below 4 GiB and all RAM one
 * to one, writable and never executable, except the kernel's image (text
 * read-execute, constants read-only) and guard pages (absent). Physical
 * addresses are therefore usable as pointers throughout.
 *
 * A root is the physical address of a top-level table. Changes are flushed
 * from the calling processor's TLB only: other processors must not have used
 * the address, or must be told (smp_call).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <vtl0/boot_info.h>

#define PTE_PRESENT  (UINT64_C(1) << 0)
#define PTE_WRITE    (UINT64_C(1) << 1)
#define PTE_USER     (UINT64_C(1) << 2)
#define PTE_PWT      (UINT64_C(1) << 3)
#define PTE_PCD      (UINT64_C(1) << 4)
#define PTE_ACCESSED (UINT64_C(1) << 5)
#define PTE_DIRTY    (UINT64_C(1) << 6)
#define PTE_LARGE    (UINT64_C(1) << 7)
#define PTE_NX       (UINT64_C(1) << 63)
#define PTE_ADDRESS  UINT64_C(0x000FFFFFFFFFF000)

/* The usual rights of a mapping. */
#define MAP_READ          (PTE_PRESENT | PTE_NX)
#define MAP_READ_WRITE    (PTE_PRESENT | PTE_WRITE | PTE_NX)
#define MAP_READ_EXECUTE  PTE_PRESENT
/* Only the attacks map a page so: it takes every first-level objection away. */
#define MAP_EVERYTHING    (PTE_PRESENT | PTE_WRITE)

/* Where the attacks map foreign pages, and where ring 3 lives: top-level slots of their own. */
#define ALIAS_WINDOW UINT64_C(0xFFFF800000000000)
#define USER_BASE    UINT64_C(0x0000400000000000)
#define USER_END     UINT64_C(0x0000400040000000)

enum page_level { PAGE_4K = 0, PAGE_2M = 1, PAGE_1G = 2, PAGE_512G = 3 };

/* Builds the kernel's space and switches to it. */
void paging_init(const struct boot_info *boot);

uint64_t paging_kernel_root(void);

/* A space whose kernel part is the kernel's own; freed with paging_free_user. */
uint64_t paging_new_user(void);
void paging_free_user(uint64_t root);

/*
 * The entry of address at a level, with tables made on the way (a large page
 * on the way is split). Entries on the way take user from the caller.
 */
uint64_t *paging_entry(uint64_t root, uint64_t address, enum page_level level, bool user);

/* Replaces what is mapped at address: one 4 KiB or one 2 MiB page. Rights are PTE bits. */
void paging_map(uint64_t root, uint64_t address, uint64_t physical, uint64_t rights);
void paging_map_large(uint64_t root, uint64_t address, uint64_t physical, uint64_t rights);
void paging_unmap(uint64_t root, uint64_t address, enum page_level level);

/* What a 4 KiB address of a user space is mapped to; false when it is absent or lacks a right (PTE bits). */
bool paging_translate_user(uint64_t root, uint64_t address, uint64_t rights, uint64_t *physical);

/* A stack of the given pages with an absent page below it; returns its top. */
uint64_t paging_new_stack(unsigned pages);
