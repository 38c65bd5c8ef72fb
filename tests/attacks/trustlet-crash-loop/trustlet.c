/* The way out that is no fault, and none at all. */
#include <assailant/attack.h>

#include <ium/syscalls.h>

static void leave(uint64_t number, struct assailant_report *report)
{
    (void)report;
    ium_exit((uint32_t)number);
}

static void stay(uint64_t number, struct assailant_report *report)
{
    assailant_say(report, ASSAILANT_SUCCEEDED, number, "stayed");
}

TRUSTLET_ATTACKS(trustlet_crash_loop, { "crash-exit", leave }, { "crash-not", stay });
