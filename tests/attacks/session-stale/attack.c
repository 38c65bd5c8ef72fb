/* Handles of sessions that are closed, while another session of the same trustlet is open. */
#include "attack_rows.h"

#include <vtl0/secure_call.h>
#include <vtl0/testing.h>
#include <vtl0/trustlet.h>

#define STALE 40u

static const uint8_t hello[16] = HELLO_IDENTITY;

static uint32_t echo(uint64_t session)
{
    uint8_t data[8] = { 0 };
    size_t size = sizeof(data);
    uint32_t status = 1;

    return trustlet_invoke(session, HELLO_ECHO, data, &size, sizeof(data), &status);
}

/* Opens and closes, then uses each old handle while the last one is open. -> the first status that is not the expected one */
static uint32_t use_stale(uint64_t instance, bool live)
{
    uint64_t handles[STALE] = { 0 }, last = 0;
    uint32_t status = SECURE_STATUS_NO_SUCH_SESSION;

    for (unsigned i = 0; i < STALE; i++) {
        if (trustlet_open(hello, instance, &handles[i]) != SECURE_STATUS_SUCCESS ||
            trustlet_close(handles[i]) != SECURE_STATUS_SUCCESS) {
            return SECURE_STATUS_DISAGREES;
        }
    }
    if (trustlet_open(hello, instance, &last) != SECURE_STATUS_SUCCESS) {
        return SECURE_STATUS_DISAGREES;
    }
    if (live) {
        return echo(last);
    }
    for (unsigned i = 0; i < STALE && status == SECURE_STATUS_NO_SUCH_SESSION; i++) {
        status = echo(handles[i]);
    }
    return status;
}

static void stale(const struct attack *attack, struct attack_result *result)
{
    static struct test_file file;
    struct trustlet_started started;

    if (file.size == 0) {
        file = test_place(hello_image_start, hello_image_end);
    }
    if (test_start(&file, &started) != SECURE_STATUS_SUCCESS) {
        attack_detail(result, "no-trustlet");
        return;
    }
    attack_judge_status(use_stale(started.instance, attack->control), SECURE_STATUS_NO_SUCH_SESSION, result);
    trustlet_end(started.instance);
}

ATTACK("session-stale",
    { .id = "session-stale-control", .run = stale, .target = TARGET_CONTROL, .access = ACCESS_FRAME, .expected = EXPECT_OK,
      .control = true, .starts = true },
    STARTING_FRAME("session-stale", stale, 0),
);
