/* The hypervisor's own GDT, TSS and IDT on one processor. */
#pragma once

#include <hv/cpu.h>

#define HV_SELECTOR_CODE 0x08u
#define HV_SELECTOR_DATA 0x10u
#define HV_SELECTOR_TASK 0x18u

/* Loads them all, and GS with the processor's struct. GIF must be clear or interrupts and NMIs impossible. */
void descriptors_load(struct cpu *cpu);
