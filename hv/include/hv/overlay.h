/*
 * Overlay pages, written in place (F3): the owner's rights are checked first,
 * and the hypercall page loses W in its VTL while it is one.
 */
#pragma once

#include <hv/cpu.h>

/* Writes the hypercall code to the page. False: not RAM the active VTL may write and execute. */
bool overlay_place_code(struct cpu *cpu, gpa_t page);

/* Whether overlay_place_code would accept the page now. */
bool overlay_may_place(struct cpu *cpu, gpa_t page);

/* VTL1 has decided about VTL0's rights to the page: should it carry VTL0's code, they outlive that. SLAT lock held. */
void overlay_claim(gpa_t page);

/* Gives the page back: zeroed, and writable again unless VTL1 has taken it since. */
void overlay_remove_code(struct cpu *cpu, gpa_t page);

/* Whether the active VTL may both read and write the page. */
bool overlay_check_data(struct cpu *cpu, gpa_t page);
