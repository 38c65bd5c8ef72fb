/* A trustlet derives another one's key: with it what that one sealed would be open. */
#include "attack_trustlet.h"

static bool key_of(bool started, const struct assailant *who, uint64_t number, uint64_t *key)
{
    struct assailant_report report = { 0 };
    bool good = started && assailant_ask(who->session, "key-derive", number, &report) == SECURE_STATUS_SUCCESS;

    *key = report.number;
    assailant_end(who);
    return good && report.verdict == ASSAILANT_SUCCEEDED;
}

static void compare(bool good, uint64_t one, uint64_t other, struct attack_result *result)
{
    if (good) {
        result->outcome = one == other ? OUTCOME_OK : OUTCOME_REFUSED;
    }
    attack_detail(result, "keys=%s", one == other ? "same" : "different");
}

/* Two instances of one identity have the same key, or nothing sealed could ever be opened. */
static void own_key(const struct attack *attack, struct attack_result *result)
{
    struct trustlet_scene scene;
    struct assailant who;
    uint64_t one, other;
    bool good;

    (void)attack;
    if (trustlet_scene_begin(&scene, result)) {
        good = key_of(assailant_start(&who), &who, 0, &one);
        good = key_of(assailant_start(&who), &who, 0, &other) && good;
        compare(good, one, other, result);
        trustlet_scene_end(&scene, result);
    }
}

static void others_key(const struct attack *attack, struct attack_result *result)
{
    struct trustlet_scene scene;
    struct assailant who;
    uint64_t one, other;
    bool good;

    if (trustlet_scene_begin(&scene, result)) {
        good = key_of(accomplice_start(&who), &who, 0, &one);
        good = key_of(assailant_start(&who), &who, attack->number, &other) && good;
        compare(good, one, other, result);
        trustlet_scene_end(&scene, result);
    }
}

ATTACK("trustlet-foreign-keys",
    TRUSTLET_ROW("trustlet-own-key-again", own_key, NULL, 0, EXPECT_OK),
    TRUSTLET_ROW("trustlet-anothers-key", others_key, NULL, 0, EXPECT_REFUSED),
    TRUSTLET_ROW("trustlet-anothers-key-by-purpose", others_key, NULL, 1, EXPECT_REFUSED),
);
