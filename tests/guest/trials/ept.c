#include "ept.h"

#include "bench.h"

#define EPT_LARGE 0x80u
#define EPT_WRITE_BACK (6u << 3)
#define EPT_FOUR_LEVELS (3u << 3)
#define DEVICES 0xC0000000u
#define TABLES 16u

static uint64_t pml4[512] __attribute__((aligned(4096)));
static uint64_t pdpt[512] __attribute__((aligned(4096)));
static uint64_t pd[4][512] __attribute__((aligned(4096)));
static uint64_t pt[TABLES][512] __attribute__((aligned(4096)));
static unsigned pt_used;

/* Memory write-back, the devices above 3 GiB uncached. */
static uint64_t memory_type(uint64_t gpa)
{
    return gpa < DEVICES ? EPT_WRITE_BACK : 0;
}

void ept_build(void)
{
    pml4[0] = (uint64_t)(uintptr_t)pdpt | EPT_ALL;
    for (uint64_t i = 0; i < 4; i++) {
        pdpt[i] = (uint64_t)(uintptr_t)pd[i] | EPT_ALL;
        for (uint64_t j = 0; j < 512; j++) {
            uint64_t gpa = (i * 512 + j) << 21;

            pd[i][j] = gpa | EPT_LARGE | memory_type(gpa) | EPT_ALL;
        }
    }
}

uint64_t ept_pointer(void)
{
    return (uint64_t)(uintptr_t)pml4 | EPT_FOUR_LEVELS | 6u;
}

static uint64_t *split(uint64_t gpa)
{
    uint64_t *table;

    if (pt_used == TABLES) {
        bench_end("nested tables exhausted");
    }
    table = pt[pt_used++];
    for (uint64_t i = 0; i < 512; i++) {
        uint64_t page = (gpa & ~0x1FFFFFull) | i << 12;

        table[i] = page | memory_type(page) | EPT_ALL;
    }
    return table;
}

void ept_set(uint64_t gpa, uint64_t rights)
{
    uint64_t *large = &pd[gpa >> 30][gpa >> 21 & 511];

    if ((*large & EPT_LARGE) != 0) {
        *large = (uint64_t)(uintptr_t)split(gpa) | EPT_ALL;
    }
    ((uint64_t *)(uintptr_t)(*large & ~0xFFFull))[gpa >> 12 & 511] = (gpa & ~0xFFFull) | memory_type(gpa) | rights;
}

void ept_flush(void)
{
    struct {
        uint64_t pointer;
        uint64_t reserved;
    } all = { .pointer = 0 };

    __asm__ volatile("invept %0, %1" : : "m"(all), "r"(2ull) : "cc", "memory");
}
