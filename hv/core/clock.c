#include <hv/clock.h>

#include <hv/log.h>
#include <hv/partition.h>
#include <hv/x86.h>

static struct hv_reference_tsc_page page;
static uint64_t latest; /* under the launch lock */

static uint64_t scaled(uint64_t tsc)
{
    return (uint64_t)((unsigned __int128)tsc * page.scale >> 64);
}

/* 10^7 * 2^64 / f, which 64 bits hold because f is above 10^7. */
static uint64_t scale_of(uint64_t frequency)
{
    uint64_t scale, remainder;

    __asm__("divq %4" : "=a"(scale), "=d"(remainder) : "0"(UINT64_C(0)), "1"(CLOCK_HZ), "r"(frequency) : "cc");
    return scale;
}

void clock_init(void)
{
    latest = rdtsc();
    page = (struct hv_reference_tsc_page){ .sequence = 1, .scale = scale_of(partition.boot.tsc_frequency) };
    page.offset = -(int64_t)scaled(latest);
}

void clock_check(const struct cpu *cpu)
{
    uint64_t here = rdtsc();

    if (here < latest) {
        hv_log(LOG_ERROR, "error: processor %u: its TSC is %lu behind: no reference TSC page", cpu->vp_index, latest - here);
        page.sequence = 0;
    } else {
        latest = here;
    }
}

/* CPUID 80000007h, EDX: "TSC Invariant". */
bool clock_is_invariant(void)
{
    return page.sequence != 0 && (cpuid(0x80000007, 0).edx & CPUID_TSC_INVARIANT) != 0;
}

uint64_t clock_now(void)
{
    return scaled(rdtsc()) + (uint64_t)page.offset;
}

struct hv_reference_tsc_page clock_page(void)
{
    return page;
}

/* One tick more than the quotient: both divisions have been rounded down. */
uint64_t clock_tsc_at(uint64_t time)
{
    uint64_t since_zero = time - (uint64_t)page.offset;
    uint64_t tsc = since_zero < time ? UINT64_MAX : mul_div(since_zero, partition.boot.tsc_frequency, CLOCK_HZ);

    return tsc < UINT64_MAX - 1 ? tsc + 2 : UINT64_MAX;
}
