#include "ranges.h"

#include <lib/string.h>

static uint64_t end_of(const struct hv_range *range)
{
    return range->base + range->size;
}

static bool make_room(struct range_list *list, uint32_t at)
{
    if (list->count == list->capacity) {
        return false;
    }
    memmove(&list->ranges[at + 1], &list->ranges[at], (list->count - at) * sizeof(list->ranges[0]));
    list->count++;
    return true;
}

/* Takes entries first..last-1 out. */
static void remove_entries(struct range_list *list, uint32_t first, uint32_t last)
{
    memmove(&list->ranges[first], &list->ranges[last], (list->count - last) * sizeof(list->ranges[0]));
    list->count -= last - first;
}

bool ranges_add(struct range_list *list, uint64_t base, uint64_t size)
{
    uint32_t first = 0;
    uint32_t last;
    uint64_t end;

    if (size == 0 || __builtin_add_overflow(base, size, &end)) {
        return false;
    }
    while (first < list->count && end_of(&list->ranges[first]) < base) {
        first++;
    }
    last = first;
    while (last < list->count && list->ranges[last].base <= end) {
        last++;
    }
    if (first == last) {
        if (!make_room(list, first)) {
            return false;
        }
        list->ranges[first] = (struct hv_range){ base, size };
        return true;
    }
    base = list->ranges[first].base < base ? list->ranges[first].base : base;
    end = end_of(&list->ranges[last - 1]) > end ? end_of(&list->ranges[last - 1]) : end;
    list->ranges[first] = (struct hv_range){ base, end - base };
    remove_entries(list, first + 1, last);
    return true;
}

uint64_t ranges_pick_high(const struct range_list *list, uint64_t size, uint64_t align, uint64_t low, uint64_t high)
{
    for (uint32_t i = list->count; i > 0; i--) {
        const struct hv_range *range = &list->ranges[i - 1];
        uint64_t end = end_of(range) < high ? end_of(range) : high;
        uint64_t start = range->base > low ? range->base : low;
        uint64_t base;

        if (end <= start || end - start < size) {
            continue;
        }
        base = (end - size) & ~(align - 1);
        if (base >= start && base != 0) {
            return base;
        }
    }
    return 0;
}

uint64_t ranges_total(const struct range_list *list)
{
    uint64_t total = 0;

    for (uint32_t i = 0; i < list->count; i++) {
        total += list->ranges[i].size;
    }
    return total;
}
