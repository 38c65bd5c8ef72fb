#include "segment.h"

#include <lib/string.h>

/* AMD64 Architecture Programmer's Manual volume 2, "Descriptors": fields are scattered over eight bytes. */
#define SELECTOR_TABLE_BIT 0x4u
#define FLAG_GRANULARITY   0x8000u
#define FLAG_NOT_SYSTEM    0x0010u
#define TYPE_ACCESSED      0x0001u

struct hv_x64_segment_register segment_decode(const uint8_t *table, uint16_t limit, uint16_t selector, int system)
{
    struct hv_x64_segment_register segment = { .selector = selector };
    uint32_t offset = selector & ~7u;
    uint32_t size = system ? 16 : 8;
    uint64_t low;
    uint32_t high = 0;

    if (offset == 0 || (selector & SELECTOR_TABLE_BIT) != 0 || offset + size - 1 > limit) {
        return segment;
    }
    memcpy(&low, table + offset, sizeof(low));
    if (system) {
        memcpy(&high, table + offset + 8, sizeof(high));
    }
    segment.base = ((low >> 16) & 0xFFFFFF) | ((low >> 56) << 24) | ((uint64_t)high << 32);
    segment.attributes = (uint16_t)(((low >> 40) & 0xFF) | (((low >> 52) & 0xF) << 12));
    segment.limit = (uint32_t)((low & 0xFFFF) | (((low >> 48) & 0xF) << 16));
    if ((segment.attributes & FLAG_NOT_SYSTEM) != 0) {
        segment.attributes |= TYPE_ACCESSED; /* a loaded segment is; not every emulator writes the bit back to the table */
    }
    if ((segment.attributes & FLAG_GRANULARITY) != 0) {
        segment.limit = (segment.limit << 12) | 0xFFF;
    }
    return segment;
}
