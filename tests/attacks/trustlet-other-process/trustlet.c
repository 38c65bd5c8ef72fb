/* Where this instance has a secret of its own: for another one to try the same address. */
#include <assailant/attack.h>

static uint64_t secret;

static void tell(uint64_t number, struct assailant_report *report)
{
    secret = number;
    assailant_say(report, ASSAILANT_SUCCEEDED, (uint64_t)&secret, "address");
}

TRUSTLET_ATTACKS(trustlet_other_process, { "other-tell", tell });
