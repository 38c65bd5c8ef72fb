#include "attack_trustlet.h"

#include <lib/string.h>
#include <vtl0/secure_call.h>
#include <vtl0/testing.h>

#define GIFT_PAGES    200u
#define FAULT_EXIT    0xFFFFFFFFu
#define FAULT_BY_TIME 0xFFFFFFFDu
#define LAST_VECTOR   29u
#define ECHO_SIZE     32u

static const uint8_t assailant_identity[16] = ASSAILANT_IDENTITY, accomplice_identity[16] = ACCOMPLICE_IDENTITY;
static const uint8_t hello_identity[16] = HELLO_IDENTITY;
static struct test_file assailant_file, accomplice_file, hello_file;

static bool start(const struct test_file *file, const uint8_t identity[16], struct assailant *out)
{
    struct trustlet_started started;

    *out = (struct assailant){ 0 };
    if (test_start(file, &started) != SECURE_STATUS_SUCCESS) {
        return false;
    }
    out->instance = started.instance;
    return trustlet_open(identity, out->instance, &out->session) == SECURE_STATUS_SUCCESS;
}

bool assailant_start(struct assailant *assailant)
{
    return start(&assailant_file, assailant_identity, assailant);
}

bool accomplice_start(struct assailant *accomplice)
{
    return start(&accomplice_file, accomplice_identity, accomplice);
}

bool assailant_open(const struct assailant *assailant, uint64_t *session)
{
    return trustlet_open(assailant_identity, assailant->instance, session) == SECURE_STATUS_SUCCESS;
}

void assailant_end(const struct assailant *assailant)
{
    if (assailant->instance != 0) {
        trustlet_end(assailant->instance);
    }
}

uint32_t assailant_ask(uint64_t session, const char *name, uint64_t number, struct assailant_report *report)
{
    union {
        struct assailant_order order;
        struct assailant_report report;
    } data = { .order = { .number = number } };
    size_t size = sizeof(data.order);
    uint32_t status = 1, result;

    *report = (struct assailant_report){ 0 };
    memcpy(data.order.name, name, strlen(name));
    result = trustlet_invoke(session, ASSAILANT_ATTACK, &data, &size, sizeof(data.report), &status);
    if (result == SECURE_STATUS_SUCCESS && status == 0 && size == sizeof(*report)) {
        *report = data.report;
    }
    return result;
}

static uint32_t way(uint32_t vector)
{
    if (vector == FAULT_EXIT) {
        return KILLED_BY_EXIT;
    }
    if (vector == FAULT_BY_TIME) {
        return KILLED_BY_TIME;
    }
    return vector <= LAST_VECTOR ? KILLED_BY(vector) : 0;
}

static void judge_end(const struct attack *attack, const struct assailant *assailant, struct attack_result *result)
{
    struct secure_trustlet found;
    size_t count = 0;
    bool listed = trustlet_list(assailant->instance - 1, &found, 1, &count) == SECURE_STATUS_SUCCESS && count == 1 &&
                  found.instance == assailant->instance;

    if (!listed || found.state != SECURE_TRUSTLET_ENDED || found.pages != 0) {
        attack_detail(result, "fault-without-end");
        return;
    }
    result->outcome = (way(found.fault.vector) & attack->killed_by) != 0 ? OUTCOME_KILLED : OUTCOME_WRONG;
    attack_detail(result, "ended-by=0x%x,code=%u", found.fault.vector, found.fault.exit_code);
}

/* What a trustlet says is a claim, its text too. */
static void judge_report(const struct assailant_report *report, struct attack_result *result)
{
    char text[ASSAILANT_TEXT_SIZE];

    memcpy(text, report->text, sizeof(text));
    text[sizeof(text) - 1] = '\0';
    for (char *at = text; *at != '\0'; at++) {
        *at = *at > ' ' && *at <= '~' ? *at : '?';
    }
    if (report->verdict == ASSAILANT_SUCCEEDED) {
        result->outcome = OUTCOME_OK;
        result->rip_advanced = true;
    } else {
        result->outcome = report->verdict == ASSAILANT_REFUSED ? OUTCOME_REFUSED : OUTCOME_WRONG;
    }
    attack_detail(result, "%s,number=0x%lx", text, report->number);
}

void assailant_judge(const struct attack *attack, const struct assailant *assailant, uint32_t status,
                     const struct assailant_report *report, struct attack_result *result)
{
    result->outcome = OUTCOME_WRONG;
    if (status == SECURE_STATUS_TRUSTLET_FAULT) {
        judge_end(attack, assailant, result);
    } else if (status != SECURE_STATUS_SUCCESS) {
        attack_detail(result, "status=%u,%s", status, secure_status_text(status));
    } else if (report->verdict == 0) {
        attack_detail(result, "no-report");
    } else {
        judge_report(report, result);
    }
}

static bool bystander_answers(const struct assailant *bystander)
{
    uint8_t data[ECHO_SIZE];
    size_t size = sizeof(data);
    uint32_t status = 1;

    memset(data, 0x5A, sizeof(data));
    return trustlet_invoke(bystander->session, HELLO_ECHO, data, &size, sizeof(data), &status) == SECURE_STATUS_SUCCESS && status == 0 &&
           size == sizeof(data) && data[0] == 0x5A && data[ECHO_SIZE - 1] == 0x5A;
}

/* Once: the files, memory for them, and a start that makes the kernel's tables for the file's window, which stay. */
static bool prepare(void)
{
    struct assailant first;

    if (hello_file.size != 0) {
        return true;
    }
    assailant_file = test_place(assailant_image_start, assailant_image_end);
    accomplice_file = test_place(accomplice_image_start, accomplice_image_end);
    hello_file = test_place(hello_image_start, hello_image_end);
    return test_give(GIFT_PAGES) && assailant_start(&first) && trustlet_end(first.instance) == SECURE_STATUS_SUCCESS;
}

bool trustlet_scene_begin(struct trustlet_scene *scene, struct attack_result *result)
{
    struct secure_info info = { 0 };

    *scene = (struct trustlet_scene){ 0 };
    result->outcome = OUTCOME_WRONG;
    if (!prepare() || !secure_get_info(&info) || !start(&hello_file, hello_identity, &scene->bystander)) {
        attack_detail(result, "no-scene");
        return false;
    }
    scene->free_pages = info.free_pages;
    scene->handles = info.handles;
    scene->trustlets = info.trustlet_count;
    return true;
}

void trustlet_scene_end(struct trustlet_scene *scene, struct attack_result *result)
{
    bool answers = bystander_answers(&scene->bystander);
    struct secure_info info = { 0 };

    assailant_end(&scene->bystander);
    secure_get_info(&info);
    if (!answers || info.free_pages != scene->free_pages || info.handles != scene->handles ||
        info.trustlet_count != scene->trustlets) {
        attack_detail(result, "worked=%s,bystander=%s,pages=%lu/%lu,handles=%lu/%lu", result->outcome == OUTCOME_OK ? "yes" : "no",
                      answers ? "answers" : "silent", info.free_pages, scene->free_pages, info.handles, scene->handles);
        result->outcome = OUTCOME_WRONG;
    }
}

static void run(const struct attack *attack, bool started, const struct assailant *assailant, struct attack_result *result)
{
    struct assailant_report report;
    uint32_t status;

    result->outcome = OUTCOME_WRONG;
    if (started) {
        status = assailant_ask(assailant->session, attack->trustlet, attack->number, &report);
        assailant_judge(attack, assailant, status, &report, result);
    } else {
        attack_detail(result, "not-started");
    }
    assailant_end(assailant);
}

void attack_trustlet(const struct attack *attack, struct attack_result *result)
{
    struct assailant assailant;
    struct trustlet_scene scene;

    if (trustlet_scene_begin(&scene, result)) {
        run(attack, assailant_start(&assailant), &assailant, result);
        trustlet_scene_end(&scene, result);
    }
}

void attack_accomplice(const struct attack *attack, struct attack_result *result)
{
    struct assailant accomplice;
    struct trustlet_scene scene;

    if (trustlet_scene_begin(&scene, result)) {
        run(attack, accomplice_start(&accomplice), &accomplice, result);
        trustlet_scene_end(&scene, result);
    }
}
