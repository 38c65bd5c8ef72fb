/*
 * Attacks by a trustlet (tests/trustlets/assailant, its code in tests/attacks/ID/trustlet.c): VTL0 starts it, asks it by
 * name, and looks afterwards at what has become of it and of everybody else.
 */
#pragma once

#include "attack_internal.h"

#include <assailant/assailant.h>
#include <vtl0/trustlet.h>

/* What ended a trustlet, as a bit: an exception's vector below 30, or one of these. */
#define KILLED_BY(vector) (1u << (vector))
#define KILLED_BY_EXIT    (1u << 30)
#define KILLED_BY_TIME    (1u << 31)
#define KILLED_BY_UD      KILLED_BY(6)
#define KILLED_BY_GP      KILLED_BY(13)
#define KILLED_BY_PF      KILLED_BY(14)

/* One living trustlet and a session with it. */
struct assailant {
    uint64_t instance, session;
};

/* What was there before the attack: a well-behaved trustlet, and so many pages. */
struct trustlet_scene {
    uint64_t free_pages, handles, trustlets;
    struct assailant bystander;
};

/* false: the scene says why in result, and nothing of it needs to be ended. */
bool trustlet_scene_begin(struct trustlet_scene *scene, struct attack_result *result);

/*
 * Ends the bystander, which must still answer, and looks for lost pages and handles. Whatever is wrong becomes the
 * result. Assailants were ended before.
 */
void trustlet_scene_end(struct trustlet_scene *scene, struct attack_result *result);

/* A fresh instance with a session. */
bool assailant_start(struct assailant *assailant);
bool accomplice_start(struct assailant *accomplice);

/* One more session with it. */
bool assailant_open(const struct assailant *assailant, uint64_t *session);

/* Asks for one attack and returns the secure call's status; the report is zero if there is none. */
uint32_t assailant_ask(uint64_t session, const char *name, uint64_t number, struct assailant_report *report);

/* What a call with that status and report comes to: OUTCOME_KILLED if the instance was ended by one of killed_by. */
void assailant_judge(const struct attack *attack, const struct assailant *assailant, uint32_t status,
                     const struct assailant_report *report, struct attack_result *result);

/* Ends it, whatever is left of it. */
void assailant_end(const struct assailant *assailant);

/* A whole row: attack->trustlet with attack->number, by a fresh assailant or accomplice. */
attack_function attack_trustlet, attack_accomplice;

/* Its rows. */
#define TRUSTLET_KILLED(name, attack_name, value, by) \
    { .id = name, .run = attack_trustlet, .target = TARGET_TRUSTLET, .access = ACCESS_TRUSTLET, .trustlet = (attack_name), \
      .number = (value), .killed_by = (by), .expected = EXPECT_KILLED }
#define TRUSTLET_REFUSED(name, attack_name, value) \
    { .id = name, .run = attack_trustlet, .target = TARGET_TRUSTLET, .access = ACCESS_TRUSTLET, .trustlet = (attack_name), \
      .number = (value), .expected = EXPECT_REFUSED }
#define TRUSTLET_CONTROL(name, attack_name, value) \
    { .id = name, .run = attack_trustlet, .target = TARGET_TRUSTLET, .access = ACCESS_TRUSTLET, .trustlet = (attack_name), \
      .number = (value), .expected = EXPECT_OK, .control = true }
#define TRUSTLET_ROW(name, function, attack_name, value, expect) \
    { .id = name, .run = (function), .target = TARGET_TRUSTLET, .access = ACCESS_TRUSTLET, .trustlet = (attack_name), \
      .number = (value), .expected = (expect), .control = (expect) == EXPECT_OK }
