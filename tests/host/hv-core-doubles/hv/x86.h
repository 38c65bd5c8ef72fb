/*
 * The variant of hv/x86.h for host tests: the constants are the hypervisor's,
 * the instructions are functions of hv-core-machine.c that remember what they
 * were asked.
 */
#pragma once

#define rdmsr hardware_rdmsr
#define wrmsr hardware_wrmsr
#define rdtsc hardware_rdtsc
#define cpuid hardware_cpuid
#define out8 hardware_out8
#define out16 hardware_out16
#define out32 hardware_out32
#define in8 hardware_in8
#define in16 hardware_in16
#define in32 hardware_in32
#define invlpg hardware_invlpg
#define read_cr4 hardware_read_cr4
#define write_cr4 hardware_write_cr4
#define read_xcr0 hardware_read_xcr0
#define write_xcr0 hardware_write_xcr0
#define read_breakpoint hardware_read_breakpoint
#define write_breakpoint hardware_write_breakpoint
#define flush_own_translations hardware_flush_own_translations
#include_next <hv/x86.h>
#undef rdmsr
#undef wrmsr
#undef rdtsc
#undef cpuid
#undef out8
#undef out16
#undef out32
#undef in8
#undef in16
#undef in32
#undef invlpg
#undef read_cr4
#undef write_cr4
#undef read_xcr0
#undef write_xcr0
#undef read_breakpoint
#undef write_breakpoint
#undef flush_own_translations

uint64_t rdmsr(uint32_t msr);
void wrmsr(uint32_t msr, uint64_t value);
uint64_t rdtsc(void);
struct cpuid_result cpuid(uint32_t leaf, uint32_t subleaf);
void out8(uint16_t port, uint8_t value);
void out16(uint16_t port, uint16_t value);
void out32(uint16_t port, uint32_t value);
uint8_t in8(uint16_t port);
uint16_t in16(uint16_t port);
uint32_t in32(uint16_t port);
void invlpg(uint64_t address);
uint64_t read_cr4(void);
void write_cr4(uint64_t value);
uint64_t read_xcr0(void);
void write_xcr0(uint64_t value);
uint64_t read_breakpoint(unsigned number);
void write_breakpoint(unsigned number, uint64_t value);
void flush_own_translations(void);
