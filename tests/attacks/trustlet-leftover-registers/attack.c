/* What the secure kernel and others had in their registers, looked for by a thread's first instruction. */
#include "attack_trustlet.h"

/* The second call comes to the thread that the first one made. */
static void begin_and_look(const struct attack *attack, struct attack_result *result)
{
    struct assailant_report report;
    struct trustlet_scene scene;
    struct assailant who;
    uint64_t session;

    if (!trustlet_scene_begin(&scene, result)) {
        return;
    }
    if (assailant_start(&who) && assailant_open(&who, &session)) {
        assailant_judge(attack, &who, assailant_ask(who.session, attack->trustlet, 0, &report), &report, result);
    }
    if (result->outcome == OUTCOME_REFUSED) {
        assailant_judge(attack, &who, assailant_ask(session, attack->trustlet, 0, &report), &report, result);
    }
    assailant_end(&who);
    trustlet_scene_end(&scene, result);
}

ATTACK("trustlet-leftover-registers",
    TRUSTLET_CONTROL("trustlet-sees-register", "registers-see", 0x5EC2E7),
    TRUSTLET_ROW("trustlet-registers-at-begin", begin_and_look, "registers-begin", 0, EXPECT_REFUSED),
);
