/*
 * Blocks lie one behind the other, each between two equal tags, so both
 * neighbours of a block are found without a list. A tag is marked by its own
 * address and the process's canary: what was copied, guessed or overwritten is
 * no tag.
 */
#include <ium/heap.h>

#include <stdbool.h>
#include <stdint.h>

#include <ium/exit.h>
#include <ium/guard.h>
#include <ium/syscalls.h>
#include <ium/text.h>

#define UNIT      16u
#define MARK_FREE UINT64_C(0x65657266206D7569) /* "ium free" */
#define MARK_USED UINT64_C(0x64657375206D7569) /* "ium used" */

struct tag {
    uint64_t size; /* of the block with both tags; a multiple of UNIT */
    uint64_t mark;
};

#define OVERHEAD (2 * sizeof(struct tag))

static struct {
    uint8_t *start, *end;
} heap;

static uint64_t mark_of(const struct tag *tag, uint64_t kind)
{
    return kind ^ (uint64_t)tag ^ __stack_chk_guard;
}

static struct tag *last_tag(struct tag *first)
{
    return (struct tag *)((uint8_t *)first + first->size) - 1;
}

static void put_tags(uint8_t *at, uint64_t size, uint64_t kind)
{
    struct tag *first = (struct tag *)at;

    first->size = size;
    first->mark = mark_of(first, kind);
    *last_tag(first) = (struct tag){ .size = size, .mark = mark_of(last_tag(first), kind) };
}

static bool is_marked(const struct tag *tag, uint64_t kind)
{
    return tag->mark == mark_of(tag, kind);
}

/* Both tags are of that kind, agree, and enclose a block inside the heap. */
static bool is_block(uint8_t *at, uint64_t kind)
{
    struct tag *first = (struct tag *)at;

    return is_marked(first, kind) && first->size >= OVERHEAD && first->size % UNIT == 0 &&
           first->size <= (uint64_t)(heap.end - at) && is_marked(last_tag(first), kind) && last_tag(first)->size == first->size;
}

static uint64_t size_at(const uint8_t *at)
{
    return ((const struct tag *)at)->size;
}

/* A block's neighbour above; a heap whose tags are damaged ends the process. */
static uint8_t *next_block(uint8_t *at)
{
    if (!is_block(at, MARK_FREE) && !is_block(at, MARK_USED)) {
        ium_exit(IUM_EXIT_HEAP_MISUSED);
    }
    return at + size_at(at);
}

void ium_heap_start(void *memory, size_t size)
{
    size &= ~(size_t)(UNIT - 1);
    heap.start = memory;
    heap.end = heap.start;
    if (size >= OVERHEAD) {
        heap.end += size;
        put_tags(heap.start, size, MARK_FREE);
    }
}

/* Takes the lower part of a free block; what is left over stays free, unless it could hold nothing. */
static void *take(uint8_t *at, uint64_t needed)
{
    uint64_t size = size_at(at);

    secure_zero(last_tag((struct tag *)at), sizeof(struct tag));
    if (size - needed >= OVERHEAD + UNIT) {
        put_tags(at + needed, size - needed, MARK_FREE);
        size = needed;
    }
    put_tags(at, size, MARK_USED);
    return at + sizeof(struct tag);
}

void *ium_malloc(size_t size)
{
    uint64_t needed;

    if (size == 0 || size > (size_t)(heap.end - heap.start)) {
        return NULL;
    }
    needed = (size + UNIT - 1) / UNIT * UNIT + OVERHEAD;
    for (uint8_t *at = heap.start; at < heap.end; at = next_block(at)) {
        if (is_block(at, MARK_FREE) && size_at(at) >= needed) {
            return take(at, needed);
        }
    }
    return NULL;
}

void *ium_calloc(size_t count, size_t size)
{
    size_t bytes;

    return __builtin_mul_overflow(count, size, &bytes) ? NULL : ium_malloc(bytes);
}

static bool is_given(uint8_t *at)
{
    return at >= heap.start && at < heap.end && (size_t)(heap.end - at) >= OVERHEAD && (at - heap.start) % UNIT == 0 &&
           is_block(at, MARK_USED);
}

/* Joins a wiped block with the free one above it, if that is one. */
static void join(uint8_t *at, uint64_t size)
{
    uint8_t *above = at + size;

    if (above < heap.end && is_block(above, MARK_FREE)) {
        size += size_at(above);
        secure_zero(above, sizeof(struct tag));
    }
    put_tags(at, size, MARK_FREE);
}

static void give_back(uint8_t *at)
{
    uint64_t size = size_at(at);
    const struct tag *below = (const struct tag *)at - 1;

    secure_zero(at, size);
    if (at > heap.start && is_marked(below, MARK_FREE)) {
        uint64_t more = below->size;

        if (more > (uint64_t)(at - heap.start) || !is_block(at - more, MARK_FREE)) {
            ium_exit(IUM_EXIT_HEAP_MISUSED);
        }
        secure_zero(at - sizeof(struct tag), sizeof(struct tag));
        at -= more;
        size += more;
    }
    join(at, size);
}

void ium_free(void *block)
{
    if (block == NULL) {
        return;
    }
    if (!is_given((uint8_t *)block - sizeof(struct tag))) {
        ium_exit(IUM_EXIT_HEAP_MISUSED);
    }
    give_back((uint8_t *)block - sizeof(struct tag));
}

size_t ium_heap_free_bytes(void)
{
    size_t bytes = 0;

    for (uint8_t *at = heap.start; at < heap.end; at = next_block(at)) {
        bytes += is_block(at, MARK_FREE) ? size_at(at) - OVERHEAD : 0;
    }
    return bytes;
}
