/* Two threads of a trustlet on two processors: one asks, the other one changes what is asked. */
#include "attack_trustlet.h"

#include <vtl0/processor.h>
#include <vtl0/smp.h>

#define ROUNDS 2000u

struct flipper {
    uint64_t session;
    uint32_t status;
    struct assailant_report report;
};

static void flip(void *argument)
{
    struct flipper *mine = argument;

    mine->status = assailant_ask(mine->session, "changing-flip", 0, &mine->report);
}

static void both(const struct attack *attack, struct assailant *who, struct attack_result *result)
{
    static struct flipper flipper;
    struct assailant_report report;
    uint32_t status;

    if (!assailant_start(who) || !assailant_open(who, &flipper.session)) {
        attack_detail(result, "not-started");
        return;
    }
    smp_call_begin(processor_count() - 1, flip, &flipper);
    status = assailant_ask(who->session, attack->trustlet, attack->number, &report);
    assailant_judge(attack, who, status, &report, result);
    if (!smp_call_end(processor_count() - 1) || flipper.status != SECURE_STATUS_SUCCESS) {
        result->outcome = OUTCOME_WRONG;
        attack_detail(result, "flipper=%u", flipper.status);
    }
}

static void race(const struct attack *attack, struct attack_result *result)
{
    struct trustlet_scene scene;
    struct assailant who;

    if (processor_count() == 1) {
        result->outcome = OUTCOME_SKIPPED;
        attack_detail(result, "one-processor");
    } else if (trustlet_scene_begin(&scene, result)) {
        both(attack, &who, result);
        assailant_end(&who);
        trustlet_scene_end(&scene, result);
    }
}

ATTACK("trustlet-changing-request",
    TRUSTLET_CONTROL("trustlet-steady-request", "changing-alone", 50),
    TRUSTLET_ROW("trustlet-changing-request-race", race, "changing-ask", ROUNDS, EXPECT_REFUSED),
);
