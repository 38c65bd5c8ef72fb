/* XSAVE-managed state as VTL1 finds it at one entry: kept in the first scratch page, turned in the second, and loaded. */
#include <guest/extended.h>

#include <lib/string.h>

#include "cpu.h"

#define SECOND   (EXTENDED_PAGE / 8)
#define NEW_XCR0 (SECOND + EXTENDED_XCR0_WORD) /* what is to be written */

_Static_assert(SCRATCH_WORDS * 8 == 2 * EXTENDED_PAGE, "one image a page");

static void turn(struct cpu *cpu)
{
    uint64_t components = extended_components(), new_xcr0 = cpu->scratch[NEW_XCR0];

    cpu->scratch[EXTENDED_XCR0_WORD] = read_xcr0();
    __asm__ volatile("xsave64 %0" : "+m"(cpu->scratch) : "a"((uint32_t)components), "d"(0) : "memory");
    memcpy(&cpu->scratch[SECOND], cpu->scratch, EXTENDED_PAGE);
    extended_turn((uint8_t *)&cpu->scratch[SECOND], components & read_xcr0());
    __asm__ volatile("xrstor64 %0" : : "m"(cpu->scratch[SECOND]), "a"((uint32_t)components), "d"(0) : "memory");
    if (new_xcr0 != 0) {
        write_xcr0(new_xcr0);
    }
}

void extended_entered(struct cpu *cpu)
{
    if (cpu->turn_at != 0 && cpu->turn_at == cpu->seen[SEEN_REASON]) {
        cpu->turn_at = 0;
        turn(cpu);
    }
}

uint64_t extended_turn_at(struct cpu *cpu, uint64_t reason, uint64_t xcr0)
{
    memset(cpu->scratch, 0, sizeof(cpu->scratch));
    cpu->scratch[NEW_XCR0] = xcr0;
    write_cr4(read_cr4() | CR4_OSXSAVE);
    cpu->turn_at = (uint32_t)reason;
    return 0;
}
