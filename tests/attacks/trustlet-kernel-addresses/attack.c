/* Where the secure kernel is, asked for by SGDT and its like, on a processor that can refuse them. */
#include "attack_trustlet.h"

#include <vtl0/x86.h>

#define CPUID_7_ECX_UMIP 4u

static void where_umip(const struct attack *attack, struct attack_result *result)
{
    if ((cpuid(7, 0).ecx & CPUID_7_ECX_UMIP) != 0) {
        attack_trustlet(attack, result);
    } else {
        result->outcome = OUTCOME_SKIPPED;
        attack_detail(result, "no-umip");
    }
}

#define ASK(name, what) \
    { .id = name, .run = where_umip, .target = TARGET_TRUSTLET, .access = ACCESS_TRUSTLET, .trustlet = what, .killed_by = KILLED_BY_GP, \
      .expected = EXPECT_KILLED | EXPECT(OUTCOME_SKIPPED) }

ATTACK("trustlet-kernel-addresses",
    TRUSTLET_CONTROL("trustlet-reads-cs", "addresses-cs", 0),
    ASK("trustlet-sgdt", "addresses-sgdt"),
    ASK("trustlet-sidt", "addresses-sidt"),
    ASK("trustlet-sldt", "addresses-sldt"),
    ASK("trustlet-str", "addresses-str"),
    ASK("trustlet-smsw", "addresses-smsw"),
);
