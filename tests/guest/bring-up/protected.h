/* A VTL1 of 32-bit code: what its two tests share. */
#pragma once

#include "bring_up.h"

/* protected_vtl1.S knows the offsets. */
struct area {
    uint32_t cr0, cr3, cr4, efer, cs, esp; /* as VTL1 found them */
    uint32_t eax, ebx, ecx, edx, esi, edi; /* of its hypercall */
    uint32_t entry, leave, control;        /* where it calls, where and how it returns */
    uint32_t loads_cr3;
    uint32_t rounds;
};
_Static_assert(offsetof(struct area, eax) == 24 && offsetof(struct area, entry) == 48 && offsetof(struct area, rounds) == 64,
               "as the code has it");

/* protected.c: VTL0 calls it. -> RAX */
uint64_t protected_enter(volatile struct area *area, uint32_t control);
/* protected_intercept.c: VTL1 is there and has both pages' entries. */
void test_protected_intercept(volatile struct area *area);
