/*
 * The heap: heap_pages * 4096 bytes of the manifest, less 64 KiB with
 * iumbase-crypto. Blocks are aligned to 16 bytes and cost 32 bytes more than
 * their size. What is freed is wiped at once, so no free memory holds a secret;
 * a block holds zeros when it is given.
 */
#pragma once

#include <stddef.h>

/* size bytes of zeros, the caller's until ium_free. NULL: size is 0 or there is no room. First fit: a walk over free blocks. */
void *ium_malloc(size_t size) __attribute__((warn_unused_result));

/* count * size bytes; NULL also when that product does not fit a size_t. */
void *ium_calloc(size_t count, size_t size) __attribute__((warn_unused_result));

/*
 * Wipes and gives back a block. NULL is fine. Anything that is no block in use
 * (freed before, not from here, header or end overwritten) ends the trustlet
 * with IUM_EXIT_HEAP_MISUSED: going on would be worse.
 */
void ium_free(void *block);

/* Bytes in free blocks. Not all of it may be had at once. */
size_t ium_heap_free_bytes(void);

/* iumbase's own: gives the allocator its memory, zeroed and aligned to 16. size may be 0. */
void ium_heap_start(void *memory, size_t size);
