/* The interrupt descriptor table and what its vectors do. */
#pragma once

#include <stdint.h>

#include <vtl0/trap.h>

#define VECTOR_TIMER    0x40u
#define VECTOR_CALL     0x41u /* another processor has work for this one */
#define VECTOR_SPURIOUS 0xFFu

/* Fills the table; once. */
void interrupts_init(void);

/* Loads it; each processor. */
void interrupts_load(void);

/* Called by the entry code. */
void trap_dispatch(struct trap_frame *frame);

/* Non-maskable interrupts seen so far, all processors. */
uint64_t interrupts_nmi_count(void);
