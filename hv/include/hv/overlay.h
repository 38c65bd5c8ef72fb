/*
 * Overlay pages, written in place (F3): the owner's rights are checked first,
 * and the hypercall page and the reference TSC page lose W in their VTL while
 * they are one.
 */
#pragma once

#include <hv/partition.h>

struct cpu;

/* Writes the overlay's content to the page. False: not RAM that VTL may write (and, for code, execute). */
bool overlay_place(struct cpu *cpu, enum vtl vtl, enum overlay which, gpa_t page);

/* Whether overlay_place would accept the page now. */
bool overlay_may_place(enum vtl vtl, enum overlay which, gpa_t page);

/* VTL1 has decided about VTL0's rights to the page, or to all: should it carry an overlay of VTL0, they outlive that. SLAT lock held. */
void overlay_claim(gpa_t page);
void overlay_claim_all(void);

/* Whether the page is an overlay of the VTL's now. */
bool overlay_is(enum vtl vtl, gpa_t page);

/* Whether an overlay alone denies the active VTL a write to the page. */
bool overlay_denies_write(const struct cpu *cpu, gpa_t page);

/* Gives the page back: zeroed, and writable again unless VTL1 has taken it since. */
void overlay_remove(struct cpu *cpu, enum vtl vtl, enum overlay which, gpa_t page);

/* Whether the VTL may both read and write the page. */
bool overlay_check_data(enum vtl vtl, gpa_t page);
