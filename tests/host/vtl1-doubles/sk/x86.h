/*
 * The variant of sk/x86.h for host tests that link the secure kernel's processes: the
 * constants are its own, the instructions are functions of vtl1-machine.c.
 */
#pragma once

#define rdmsr hardware_rdmsr
#define write_cr3 hardware_write_cr3
#include_next <sk/x86.h>
#undef rdmsr
#undef write_cr3

uint64_t rdmsr(uint32_t msr);
void write_cr3(uint64_t value);
