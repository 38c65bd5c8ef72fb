/* This processor's translations. A function of its own, so that host tests can count what is forgotten. */
#pragma once

#include <stdint.h>

/* Drops this processor's translation of the page at address, global or not. */
void tlb_forget(uint64_t address);
