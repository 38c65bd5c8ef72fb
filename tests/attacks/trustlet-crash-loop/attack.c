/* A trustlet that is started and crashes, over and over, by every way out there is. */
#include "attack_trustlet.h"

#define ROUNDS 40u

struct way {
    const char *name;
    uint64_t number;
    uint32_t killed_by;
};

/* Of other folders' attacks. */
static const struct way ways[] = {
    { "foreign-read", 8, KILLED_BY_PF }, { "exception-undefined", 0, KILLED_BY_UD }, { "privileged-hlt", 0, KILLED_BY_GP },
    { "crash-exit", 0, KILLED_BY_EXIT },
};

/* A second session is open, and stays so when its trustlet is gone. */
static bool crash(const struct way *way, struct attack_result *result)
{
    const struct attack attack = { .killed_by = way->killed_by };
    struct assailant_report report;
    struct assailant who;
    uint64_t second;
    bool started = assailant_start(&who) && assailant_open(&who, &second);

    result->outcome = OUTCOME_WRONG;
    if (started) {
        assailant_judge(&attack, &who, assailant_ask(second, way->name, way->number, &report), &report, result);
    }
    assailant_end(&who);
    return result->outcome == OUTCOME_KILLED;
}

static void over_and_over(const struct attack *attack, struct attack_result *result)
{
    struct trustlet_scene scene;
    bool crashes = true;

    if (!trustlet_scene_begin(&scene, result)) {
        return;
    }
    for (uint64_t i = 0; i < attack->number && crashes; i++) {
        crashes = crash(&ways[i % (sizeof(ways) / sizeof(ways[0]))], result);
    }
    trustlet_scene_end(&scene, result);
}

ATTACK("trustlet-crash-loop",
    TRUSTLET_CONTROL("trustlet-no-crash", "crash-not", 0),
    TRUSTLET_ROW("trustlet-crashes", over_and_over, NULL, ROUNDS, EXPECT_KILLED),
);
