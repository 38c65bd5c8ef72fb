/* Model-specific registers from ring 3 of VTL1. */
#include <assailant/attack.h>

static void read_register(uint64_t number, struct assailant_report *report)
{
    uint32_t low, high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"((uint32_t)number));
    assailant_say(report, ASSAILANT_SUCCEEDED, (uint64_t)high << 32 | low, "read");
}

static void write_register(uint64_t number, struct assailant_report *report)
{
    __asm__ volatile("wrmsr" : : "a"(0), "d"(0), "c"((uint32_t)number));
    assailant_say(report, ASSAILANT_SUCCEEDED, number, "written");
}

static void read_counter(uint64_t number, struct assailant_report *report)
{
    uint32_t low, high;

    __asm__ volatile("rdpmc" : "=a"(low), "=d"(high) : "c"((uint32_t)number));
    assailant_say(report, ASSAILANT_SUCCEEDED, low, "read");
}

TRUSTLET_ATTACKS(trustlet_msr, { "msr-read", read_register }, { "msr-write", write_register }, { "msr-counter", read_counter });
