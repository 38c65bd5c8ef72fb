/* A trustlet at the address at which another one, alive, has its secret. */
#include "attack_trustlet.h"

/* attack->number: not zero, the owner of the address itself reads it. */
static void read_others(const struct attack *attack, struct attack_result *result)
{
    struct assailant victim = { 0 }, other = { 0 };
    struct assailant_report report;
    struct trustlet_scene scene;
    const struct assailant *reader = attack->number != 0 ? &victim : &other;

    if (!trustlet_scene_begin(&scene, result)) {
        return;
    }
    if (accomplice_start(&victim) && assailant_start(&other) &&
        assailant_ask(victim.session, "other-tell", 0x5EC2E7, &report) == SECURE_STATUS_SUCCESS && report.number != 0) {
        assailant_judge(attack, reader, assailant_ask(reader->session, attack->trustlet, report.number, &report), &report, result);
    }
    assailant_end(&other);
    assailant_end(&victim);
    trustlet_scene_end(&scene, result);
}

#define OTHER(name, what) \
    { .id = name, .run = read_others, .target = TARGET_TRUSTLET, .access = ACCESS_TRUSTLET, .trustlet = what, .killed_by = KILLED_BY_PF, \
      .expected = EXPECT_KILLED }

ATTACK("trustlet-other-process",
    TRUSTLET_ROW("trustlet-reads-own-secret", read_others, "foreign-read", 1, EXPECT_OK),
    OTHER("trustlet-reads-anothers-secret", "foreign-read"),
    OTHER("trustlet-writes-anothers-secret", "foreign-write"),
    OTHER("trustlet-executes-anothers-secret", "foreign-execute"),
);
