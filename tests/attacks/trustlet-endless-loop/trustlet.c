/* A loop, with an end or without. */
#include <assailant/attack.h>

/* number: rounds; 0: for ever. */
static void loop(uint64_t number, struct assailant_report *report)
{
    uint64_t rounds = 0;

    do {
        __asm__ volatile("" : "+r"(rounds));
        rounds++;
    } while (rounds != number);
    assailant_say(report, ASSAILANT_SUCCEEDED, rounds, "rounds");
}

TRUSTLET_ATTACKS(trustlet_endless_loop, { "loop", loop });
