#include "vectors.h"

#define KEPT 16u

static volatile struct {
    uint64_t count;
    uint8_t vectors[KEPT];
} taken[MAX_PROCESSORS];

bool vectors_take(struct cpu *cpu, uint64_t vector)
{
    if ((vector & 0xFC) != 0x24 && (vector & 0xF8) != 0x28 && (vector & 0xFC) != 0x34 && (vector & 0xF8) != 0x38) {
        return false;
    }
    taken[cpu->index].vectors[taken[cpu->index].count++ % KEPT] = (uint8_t)vector;
    return true;
}

uint64_t vectors_taken(uint64_t processor, uint64_t n)
{
    processor %= MAX_PROCESSORS;
    return n == UINT64_MAX ? taken[processor].count : taken[processor].vectors[n % KEPT];
}

uint64_t vectors_reset(struct cpu *cpu)
{
    taken[cpu->index].count = 0;
    return 0;
}

uint64_t open_interrupts(void)
{
    __asm__ volatile("sti\n\tnop\n\tnop\n\tcli" : : : "memory");
    return 0;
}

uint64_t vina_status(struct cpu *cpu, uint64_t value)
{
    uint8_t before = *(volatile uint8_t *)&cpu->assist.vina_status;

    *(volatile uint8_t *)&cpu->assist.vina_status = (uint8_t)value;
    return before;
}
