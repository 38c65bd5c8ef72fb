/* Guest-physical addresses as VTL1 sees them. A type of its own, so that one is never used as a pointer. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define PAGE_SIZE  UINT64_C(4096)
#define PAGE_SHIFT 12u

typedef struct {
    uint64_t value;
} gpa_t;

static inline gpa_t gpa(uint64_t value)
{
    return (gpa_t){ value };
}

static inline gpa_t gpa_add(gpa_t base, uint64_t offset)
{
    return (gpa_t){ base.value + offset };
}

static inline bool is_page_aligned(uint64_t value)
{
    return (value & (PAGE_SIZE - 1)) == 0;
}

/* value must be at least PAGE_SIZE - 1 below the type's end; callers check. */
static inline uint64_t page_align_up(uint64_t value)
{
    return (value + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}
