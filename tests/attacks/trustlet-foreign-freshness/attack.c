/* A trustlet asks for what is remembered for another one. */
#include "attack_trustlet.h"

static void ask(const struct attack *attack, bool started, const struct assailant *who, const char *what, struct attack_result *result)
{
    struct assailant_report report;

    result->outcome = OUTCOME_WRONG;
    if (started) {
        assailant_judge(attack, who, assailant_ask(who->session, what, 0x5EC2E7, &report), &report, result);
    }
    assailant_end(who);
}

static void forget(void)
{
    struct assailant_report report;
    struct assailant who;

    if (assailant_start(&who)) {
        assailant_ask(who.session, "freshness-reset", 0, &report);
    }
    assailant_end(&who);
}

/* attack->number: not zero, another instance of the same identity asks. */
static void set_and_get(const struct attack *attack, struct attack_result *result)
{
    struct trustlet_scene scene;
    struct assailant who;

    if (!trustlet_scene_begin(&scene, result)) {
        return;
    }
    ask(attack, assailant_start(&who), &who, "freshness-set", result);
    if (result->outcome == OUTCOME_OK) {
        ask(attack, attack->number != 0 ? assailant_start(&who) : accomplice_start(&who), &who, "freshness-get", result);
    }
    forget();
    trustlet_scene_end(&scene, result);
}

ATTACK("trustlet-foreign-freshness",
    TRUSTLET_ROW("trustlet-own-freshness", set_and_get, NULL, 1, EXPECT_OK),
    TRUSTLET_ROW("trustlet-anothers-freshness", set_and_get, NULL, 0, EXPECT_REFUSED),
);
