/*
 * Address kinds. Each is its own type, so that mixing them does not compile;
 * the only conversions are the functions here and in the object that owns the
 * translation. Guest-physical and system-physical addresses have equal values
 * (architecture F1), but not equal meaning: a gpa_t came from a guest and has
 * been checked by nobody.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_SIZE  UINT64_C(0x1000)
#define PAGE_MASK  UINT64_C(0xFFF)
#define SIZE_1M    UINT64_C(0x100000)
#define SIZE_2M    UINT64_C(0x200000)
#define SIZE_1G    UINT64_C(0x40000000)
#define SIZE_4G    UINT64_C(0x100000000)

typedef struct { uint64_t value; } gpa_t; /* guest-physical */
typedef struct { uint64_t value; } hpa_t; /* system-physical */
typedef struct { uint64_t value; } gva_t; /* a guest's linear address */

static inline gpa_t gpa(uint64_t value) { return (gpa_t){ value }; }
static inline hpa_t hpa(uint64_t value) { return (hpa_t){ value }; }
static inline gva_t gva(uint64_t value) { return (gva_t){ value }; }

/* The identity of F1; only for addresses whose owner has been checked. */
static inline hpa_t hpa_from_gpa(gpa_t address) { return hpa(address.value); }
static inline gpa_t gpa_page(gpa_t address) { return gpa(address.value & ~PAGE_MASK); }

enum vtl { VTL0 = 0, VTL1 = 1, VTL_COUNT = 2 };
