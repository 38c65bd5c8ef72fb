#include "attack_rows.h"

#include <abi/secure_call.h>
#include <vtl0/testing.h>
#include <vtl0/trustlet.h>

/* While a session is open, which as the control is the one that is used. */
static void use(const struct attack *attack, struct attack_result *result)
{
    static const uint8_t hello[16] = HELLO_IDENTITY;
    struct test_file file = test_place(hello_image_start, hello_image_end);
    struct trustlet_started started;
    uint64_t session;

    if (test_start(&file, &started) != SECURE_STATUS_SUCCESS || trustlet_open(hello, started.instance, &session) != SECURE_STATUS_SUCCESS) {
        attack_detail(result, "no-session");
        return;
    }
    if (attack->control) {
        attack_judge_status(trustlet_close(session), SECURE_STATUS_NO_SUCH_SESSION, result);
    } else {
        attack_session(attack, result);
    }
    trustlet_end(started.instance);
}

ATTACK("session-unknown",
    { .id = "close-known-session", .run = use, .target = TARGET_CONTROL, .access = ACCESS_FRAME, .expected = EXPECT_OK, .control = true,
      .starts = true },
    STARTING_FRAME("invoke-unknown-session", use, SECURE_SERVICE_INVOKE),
    STARTING_FRAME("close-unknown-session", use, SECURE_SERVICE_CLOSE_SESSION),
);
