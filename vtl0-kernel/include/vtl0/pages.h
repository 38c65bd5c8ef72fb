/* The kernel's physical pages: one pool below 4 GiB, mapped one to one. Any processor may call. */
#pragma once

#include <stdint.h>

#include <vtl0/x86.h>

void pages_init(uint64_t base, uint64_t size);

/* One zeroed page; panics when the pool is exhausted (its size is fixed and every use is bounded). */
void *page_alloc(void);

/* count consecutive zeroed pages, the first on a multiple of alignment (a power of two in bytes). Never freed. */
void *pages_alloc(uint64_t count, uint64_t alignment);

/* Overwrites the page with zero and takes it back. */
void page_free(void *page);
