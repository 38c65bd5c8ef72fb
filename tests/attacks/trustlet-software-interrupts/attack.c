/* Software interrupts by a trustlet; those of the secure kernel's own vectors would make it give way, or count as the timer's. */
#include "attack_trustlet.h"

#define STEP    9u /* all 256 take an emulator long; the vectors that mean something have rows of their own */
#define VECTORS 256u

/* Every STEPth vector, each by a fresh trustlet. */
static void many(const struct attack *attack, struct attack_result *result)
{
    struct attack one = *attack;

    for (unsigned vector = 0; vector < VECTORS; vector += STEP) {
        one.number = vector;
        attack_trustlet(&one, result);
        if (result->outcome != OUTCOME_KILLED) {
            return;
        }
    }
}

#define INT(name, vector) TRUSTLET_KILLED("trustlet-int-" name, "interrupt", vector, KILLED_BY_GP)

ATTACK("trustlet-software-interrupts",
    TRUSTLET_CONTROL("trustlet-int-none", "interrupt-none", 0),
    INT("divide", 0), INT("debug", 1), INT("nmi", 2), INT("double-fault", 8), INT("page-fault", 14), INT("machine-check", 18),
    INT("linux", 0x80), INT("sint0", 0xF3), INT("vina", 0xF4), INT("call-timer", 0xF5),
    TRUSTLET_KILLED("trustlet-int3", "interrupt-int3", 0, KILLED_BY_GP),
    { .id = "trustlet-int-many", .run = many, .target = TARGET_TRUSTLET, .access = ACCESS_TRUSTLET, .trustlet = "interrupt",
      .killed_by = KILLED_BY_GP, .expected = EXPECT_KILLED },
);
