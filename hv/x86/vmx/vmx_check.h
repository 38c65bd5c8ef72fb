/* The manual's checks before a VM entry (SDM vol. 3C, "VM Entries"): see vmx_check.c. */
#pragma once

#include "vmx.h"

struct vmx_checker {
    const char *section; /* the manual's, for what is found from here on */
    unsigned failures;
};

/* Logs the field, its value and what is wrong with it, and counts. */
void vmx_complain_if(struct vmx_checker *checker, bool bad, const char *what, enum vmcs_field field);

bool vmx_is_canonical(uint64_t address);
bool vmx_is_rip(uint64_t rip);
/* Above the processor's physical address width, or not page aligned. */
bool vmx_is_bad_page(uint64_t address);
/* Against the fixed-bit MSRs, but for those bits that an unrestricted guest may choose. */
bool vmx_violates_fixed(uint64_t value, uint32_t fixed0, uint32_t fixed1, uint64_t freed);

void vmx_check_guest(struct vmx_checker *checker);
