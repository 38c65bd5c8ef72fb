/* What one trustlet had in its memory, looked for by the next ones that get these pages. */
#include "attack_trustlet.h"

#define HEIRS 4u

static void ask(const struct attack *attack, const struct assailant *who, const char *what, struct attack_result *result)
{
    struct assailant_report report;
    uint32_t status = assailant_ask(who->session, what, attack->number, &report);

    assailant_judge(attack, who, status, &report, result);
}

/* Heirs until one finds something. */
static void inherit(const struct attack *attack, struct attack_result *result)
{
    struct assailant heirs[HEIRS];
    unsigned started = 0;

    result->outcome = OUTCOME_REFUSED;
    while (started < HEIRS && result->outcome == OUTCOME_REFUSED) {
        result->outcome = OUTCOME_WRONG;
        if (assailant_start(&heirs[started])) {
            ask(attack, &heirs[started], "leftover-look", result);
        }
        started++;
    }
    for (unsigned i = 0; i < started; i++) {
        assailant_end(&heirs[i]);
    }
}

static void leave_and_inherit(const struct attack *attack, struct attack_result *result)
{
    struct trustlet_scene scene;
    struct assailant first;

    if (!trustlet_scene_begin(&scene, result)) {
        return;
    }
    if (accomplice_start(&first)) {
        ask(attack, &first, "leftover-leave", result);
    }
    assailant_end(&first);
    if (result->outcome == OUTCOME_OK) {
        inherit(attack, result);
    }
    trustlet_scene_end(&scene, result);
}

/* The same trustlet finds what it left itself. */
static void leave_and_look(const struct attack *attack, struct attack_result *result)
{
    struct trustlet_scene scene;
    struct assailant first;

    if (!trustlet_scene_begin(&scene, result)) {
        return;
    }
    if (accomplice_start(&first)) {
        ask(attack, &first, "leftover-leave", result);
        ask(attack, &first, "leftover-look", result);
    }
    assailant_end(&first);
    trustlet_scene_end(&scene, result);
}

ATTACK("trustlet-leftover-memory",
    TRUSTLET_ROW("trustlet-leftover-own", leave_and_look, NULL, 0x2A, EXPECT_OK),
    TRUSTLET_ROW("trustlet-leftover-of-another", leave_and_inherit, NULL, 0x2A, EXPECT_REFUSED),
);
