/*
 * The variant of sk/x86.h for host tests that link what reads or writes the processor's registers: the
 * constants are its own, the instructions are functions of the test (vtl1-machine.c, vtl1-protections.c).
 */
#pragma once

#define cpuid hardware_cpuid
#define rdmsr hardware_rdmsr
#define read_cr0 hardware_read_cr0
#define read_cr4 hardware_read_cr4
#define write_cr3 hardware_write_cr3
#include_next <sk/x86.h>
#undef cpuid
#undef rdmsr
#undef read_cr0
#undef read_cr4
#undef write_cr3

struct cpuid_leaf cpuid(uint32_t leaf, uint32_t subleaf);
uint64_t rdmsr(uint32_t msr);
uint64_t read_cr0(void);
uint64_t read_cr4(void);
void write_cr3(uint64_t value);
