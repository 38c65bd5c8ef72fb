/* System-call numbers that mean nothing. */
#include "attack_trustlet.h"

#include <vtl0/console.h>
#include <vtl0/x86.h>

/* Another seed each time, which is told. */
static void by_chance(const struct attack *attack, struct attack_result *result)
{
    struct attack seeded = *attack;

    seeded.number = rdtsc() | 1;
    console_printf("trustlet-unknown-calls: seed 0x%lx\n", seeded.number);
    attack_trustlet(&seeded, result);
}

ATTACK("trustlet-unknown-calls",
    TRUSTLET_CONTROL("trustlet-known-call", "unknown-known", 0),
    TRUSTLET_ROW("trustlet-unknown-calls-by-chance", by_chance, "unknown-calls", 0, EXPECT_REFUSED),
);
