/* A hypercall with every register that can carry a parameter, and one from 32-bit code. forms.S knows both layouts. */
#pragma once

#include "guest.h"

struct form {
    uint64_t entry; /* the hypercall page, or its VTL call entry */
    uint64_t rax, rcx, rdx, r8, r9, r10;
    uint64_t pad;
    uint64_t xmm[12];
    uint64_t cr0, cr4;         /* during the call */
    uint64_t old_cr0, old_cr4; /* before and after it */
};
_Static_assert(offsetof(struct form, xmm) == 64 && offsetof(struct form, cr0) == 160, "forms.S");

/* probe_run's code: loads what the form says, calls, stores what is there then. Interrupts are off meanwhile. */
extern const char form_call[];

struct form_32 {
    uint32_t eax, ebx, ecx, edx, esi, edi;
    uint32_t entry;
    uint32_t back;
    uint16_t back_cs;
    uint16_t cs, ds; /* of 32-bit code and data */
};
_Static_assert(offsetof(struct form_32, back_cs) == 32, "forms.S");

/* The same in compatibility mode. The structure lies below 4 GiB. */
extern const char form_32_call[];

/* Parts of the payload. */
void test_memory(void);
void test_fast(void);
void test_32_bit(void);
void test_longest(void);
