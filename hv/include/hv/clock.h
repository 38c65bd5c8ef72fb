/*
 * Reference time: units of 100 ns since the partition's start, made from the
 * TSC (TLFS, "Partition Reference Time"). The MSR and the reference TSC page
 * use one scale and one offset, so they agree.
 */
#pragma once

#include <hv/cpu.h>

#define CLOCK_HZ UINT64_C(10000000)
#define CLOCK_NEVER UINT64_MAX

/* From partition.boot.tsc_frequency; time starts now. Once, at launch. */
void clock_init(void);

/*
 * Looks at a processor that is launched now: one whose TSC is behind another's makes the page unusable (sequence 0), and the
 * log says so.
 */
void clock_check(const struct cpu *cpu);

/* Whether the time stamp counters never change their speed, by what the processor says, and are in step. */
#define CPUID_TSC_INVARIANT (1u << 8) /* leaf 80000007h, EDX */
bool clock_is_invariant(void);

uint64_t clock_now(void);
struct hv_reference_tsc_page clock_page(void);

/* The TSC at which that time has come; UINT64_MAX for what the TSC does not reach. */
uint64_t clock_tsc_at(uint64_t time);

/* a * b / c with 128 bits in between; UINT64_MAX where the result has more than 64. c is not 0. */
static inline uint64_t mul_div(uint64_t a, uint64_t b, uint64_t c)
{
    uint64_t high, low, remainder;

    __asm__("mulq %3" : "=a"(low), "=d"(high) : "0"(a), "r"(b) : "cc");
    if (high >= c) {
        return UINT64_MAX;
    }
    __asm__("divq %4" : "=a"(low), "=d"(remainder) : "0"(low), "1"(high), "r"(c) : "cc");
    return low;
}
