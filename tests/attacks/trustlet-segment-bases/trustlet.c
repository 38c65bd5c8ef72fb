/* The bases of FS and GS, if ring 3 could read and write them: the secure kernel finds its processor by GS. */
#include <assailant/attack.h>

static void rdgsbase(uint64_t number, struct assailant_report *report)
{
    uint64_t value;

    (void)number;
    __asm__ volatile("rdgsbase %0" : "=r"(value));
    assailant_say(report, ASSAILANT_SUCCEEDED, value, "read");
}

static void wrgsbase(uint64_t number, struct assailant_report *report)
{
    __asm__ volatile("wrgsbase %0" : : "r"(number));
    assailant_say(report, ASSAILANT_SUCCEEDED, number, "written");
}

static void rdfsbase(uint64_t number, struct assailant_report *report)
{
    uint64_t value;

    (void)number;
    __asm__ volatile("rdfsbase %0" : "=r"(value));
    assailant_say(report, ASSAILANT_SUCCEEDED, value, "read");
}

static void load_gs(uint64_t number, struct assailant_report *report)
{
    uint16_t found;

    __asm__ volatile("mov %w1, %%gs\n\tmov %%gs, %0" : "=r"(found) : "r"(number));
    assailant_say(report, found == number ? ASSAILANT_SUCCEEDED : ASSAILANT_REFUSED, found, "selector");
}

TRUSTLET_ATTACKS(trustlet_segment_bases, { "bases-rdgsbase", rdgsbase }, { "bases-wrgsbase", wrgsbase },
                 { "bases-rdfsbase", rdfsbase }, { "bases-load-gs", load_gs });
