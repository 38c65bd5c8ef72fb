/* A trustlet makes threads, and VTL0 opens sessions with it and starts instances, until somebody says that it is enough. */
#include "attack_trustlet.h"

#define THERE_ALREADY  2u /* its first thread, and the one it makes itself */
#define HANDLE_QUOTA   4u /* accomplice.manifest */
#define MAX_INSTANCES  2u
#define TRIES          16u

static const uint8_t accomplice_identity[16] = ACCOMPLICE_IDENTITY;

static void judge(uint64_t got, uint64_t allowed, struct attack_result *result)
{
    result->outcome = got > allowed ? OUTCOME_OK : got == allowed ? OUTCOME_REFUSED : OUTCOME_WRONG;
    attack_detail(result, "got=%lu,allowed=%lu", got, allowed);
}

/* Sessions and threads are the same quota. */
static void sessions(const struct attack *attack, struct attack_result *result)
{
    struct trustlet_scene scene;
    struct assailant who;
    uint64_t got = 1, session;

    (void)attack;
    if (!trustlet_scene_begin(&scene, result)) {
        return;
    }
    if (accomplice_start(&who)) {
        while (got < TRIES && trustlet_open(accomplice_identity, who.instance, &session) == SECURE_STATUS_SUCCESS) {
            got++;
        }
        judge(got, HANDLE_QUOTA - 1, result);
    }
    assailant_end(&who);
    trustlet_scene_end(&scene, result);
}

static void instances(const struct attack *attack, struct attack_result *result)
{
    struct assailant who[TRIES];
    struct trustlet_scene scene;
    uint64_t got = 0;

    (void)attack;
    if (!trustlet_scene_begin(&scene, result)) {
        return;
    }
    while (got < TRIES && accomplice_start(&who[got])) {
        got++;
    }
    judge(got, MAX_INSTANCES, result);
    for (uint64_t i = 0; i < got; i++) {
        assailant_end(&who[i]);
    }
    trustlet_scene_end(&scene, result);
}

ATTACK("trustlet-unlimited-threads",
    TRUSTLET_CONTROL("trustlet-one-thread", "threads-make", UINT64_MAX),
    TRUSTLET_REFUSED("trustlet-many-threads", "threads-make", ASSAILANT_THREADS - THERE_ALREADY),
    TRUSTLET_ROW("trustlet-many-sessions", sessions, NULL, 0, EXPECT_REFUSED),
    TRUSTLET_ROW("trustlet-many-instances", instances, NULL, 0, EXPECT_REFUSED),
);
