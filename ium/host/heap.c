/* ium/heap.h over malloc, so that ASan sees every block's ends. Counts, as the real heap has an end. */
#include <ium/heap.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <ium/host.h>

#include "internal.h"

#define COST 32u /* of a block, as heap.h says */

/* In front of a block; a multiple of 16 bytes, as malloc's alignment. */
struct before {
    struct before *next, *previous;
    uint64_t size, unused;
};

static struct before *blocks;
static uint64_t limit, used;

static void release(struct before *before)
{
    *(before->previous != NULL ? &before->previous->next : &blocks) = before->next;
    if (before->next != NULL) {
        before->next->previous = before->previous;
    }
    used -= before->size + COST;
    free(before);
}

void host_heap_end(void)
{
    while (blocks != NULL) {
        release(blocks);
    }
}

void trustlet_heap(trustlet_heap_function look, void *context)
{
    for (const struct before *before = blocks; before != NULL; before = before->next) {
        look(before + 1, before->size, context);
    }
}

void ium_heap_start(void *memory, size_t size)
{
    (void)memory;
    limit = size;
}

static void *give(size_t size)
{
    struct before *before = calloc(1, sizeof(*before) + size);

    before->size = size;
    before->next = blocks;
    if (blocks != NULL) {
        blocks->previous = before;
    }
    blocks = before;
    used += size + COST;
    return before + 1;
}

void *ium_malloc(size_t size)
{
    return size == 0 || size > limit || used + size + COST > limit ? NULL : give(size);
}

void *ium_calloc(size_t count, size_t size)
{
    size_t bytes;

    return __builtin_mul_overflow(count, size, &bytes) ? NULL : ium_malloc(bytes);
}

/* What is no block, or is one no more, ASan reports. */
void ium_free(void *block)
{
    if (block != NULL) {
        release((struct before *)block - 1);
    }
}

size_t ium_heap_free_bytes(void)
{
    return used + COST < limit ? limit - used - COST : 0;
}
