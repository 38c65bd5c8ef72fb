/*
 * The A20 gate masks bit 20 of the physical address behind the second-level
 * tables, so that a page of VTL0's would answer with the content of one 1 MiB
 * below it.
 */
#include "attack_internal.h"

#include <vtl0/pages.h>
#include <vtl0/paging.h>
#include <vtl0/x86.h>

#define SYSTEM_CONTROL_A 0x92u
#define A20_ON           0x02u
#define BIT_20           (1u << 20)

void attack_a20(const struct attack *attack, struct attack_result *result)
{
    static volatile uint64_t *low; /* the pool has no way back for two MiB */
    volatile uint64_t *high;
    uint8_t before = inb(SYSTEM_CONTROL_A);
    bool on;
    uint64_t seen;

    (void)attack;
    low = low != NULL ? low : pages_alloc(2 * BIT_20 / PAGE_SIZE, 2 * BIT_20);
    high = low + BIT_20 / sizeof(*low);
    on = interrupts_save();
    *low = 1;
    *high = 2;
    outb(SYSTEM_CONTROL_A, (uint8_t)(before & ~(A20_ON | 1u))); /* bit 0 is a reset */
    seen = *high;
    outb(SYSTEM_CONTROL_A, before & 0xFE);
    interrupts_restore(on);
    result->outcome = seen == 2 ? OUTCOME_REFUSED : OUTCOME_OK;
    result->rip_advanced = true;
    attack_detail(result, "port92-before=%x", (unsigned)before);
}
