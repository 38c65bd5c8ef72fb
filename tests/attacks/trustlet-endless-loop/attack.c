/* A trustlet that does not give its processor back: a limit ends it, and without one VTL0 still has its processor, and may end it. */
#include "attack_trustlet.h"

#include <vtl0/clock.h>
#include <vtl0/processor.h>
#include <vtl0/secure_call.h>

#define PATIENCE_US 3000000u /* the accomplice's call_time is 200 ms */
#define YIELDS      3u

struct loop {
    uint32_t status, yields;
};

static uint32_t begin_loop(uint64_t session, uint64_t *call)
{
    const struct {
        struct secure_invoke header;
        struct assailant_order order;
    } input = { { .command = ASSAILANT_ATTACK }, { .name = "loop" } };
    uint8_t output[sizeof(struct secure_invoke_reply) + sizeof(struct assailant_report)];
    struct secure_request request = { .service = SECURE_SERVICE_INVOKE, .session = session, .input = &input, .input_size = sizeof(input),
                                      .output = output, .output_capacity = sizeof(output), .stop_on_the_way = true };
    uint32_t status = secure_call(&request);

    *call = request.call;
    return status;
}

static uint32_t resume_loop(uint64_t *call)
{
    uint8_t output[sizeof(struct secure_invoke_reply) + sizeof(struct assailant_report)];
    struct secure_request request = { .service = SECURE_SERVICE_RESUME_CALL, .input = call, .input_size = sizeof(*call),
                                      .output = output, .output_capacity = sizeof(output), .stop_on_the_way = true };
    uint32_t status = secure_call(&request);

    *call = request.call;
    return status;
}

/* One call, resumed as long as it gives way, until the time is over or it gave way often enough. */
static struct loop endless(uint64_t session, uint32_t enough)
{
    uint64_t call, until = clock_microseconds() + PATIENCE_US;
    struct loop loop = { .status = begin_loop(session, &call) };

    while (loop.status == SECURE_STATUS_YIELDED && clock_microseconds() < until && ++loop.yields < enough) {
        loop.status = resume_loop(&call);
    }
    return loop;
}

static void limited(const struct attack *attack, struct attack_result *result)
{
    struct assailant_report none = { 0 };
    struct trustlet_scene scene;
    struct assailant who;
    struct loop loop;

    if (!trustlet_scene_begin(&scene, result)) {
        return;
    }
    if (accomplice_start(&who)) {
        loop = endless(who.session, UINT32_MAX);
        assailant_judge(attack, &who, loop.status, &none, result);
        result->outcome = loop.status == SECURE_STATUS_YIELDED ? OUTCOME_OK : result->outcome; /* it still runs */
    }
    assailant_end(&who);
    trustlet_scene_end(&scene, result);
}

/* VTL0's timer is what such a loop gives way to: an attack before this one must not have stopped it. */
static bool timer_ticks(void)
{
    uint64_t before = this_processor()->ticks, until = clock_microseconds() + PATIENCE_US;

    while (this_processor()->ticks == before && clock_microseconds() < until) {
    }
    return this_processor()->ticks != before;
}

static void unlimited(const struct attack *attack, struct attack_result *result)
{
    struct trustlet_scene scene;
    struct assailant who;
    struct loop loop;

    (void)attack;
    if (!timer_ticks()) {
        result->outcome = OUTCOME_WRONG;
        attack_detail(result, "no-timer");
        return;
    }
    if (!trustlet_scene_begin(&scene, result)) {
        return;
    }
    if (assailant_start(&who)) {
        loop = endless(who.session, YIELDS);
        result->outcome = loop.status == SECURE_STATUS_YIELDED && loop.yields == YIELDS ? OUTCOME_REFUSED : OUTCOME_WRONG;
        attack_detail(result, "status=%u,yields=%u", loop.status, loop.yields);
    }
    assailant_end(&who);
    trustlet_scene_end(&scene, result);
}

ATTACK("trustlet-endless-loop",
    TRUSTLET_CONTROL("trustlet-loop-with-an-end", "loop", 1000),
    { .id = "trustlet-loop-over-call-time", .run = limited, .target = TARGET_TRUSTLET, .access = ACCESS_TRUSTLET,
      .killed_by = KILLED_BY_TIME, .expected = EXPECT_KILLED, .alone = true },
    { .id = "trustlet-loop-gives-way", .run = unlimited, .target = TARGET_TRUSTLET, .access = ACCESS_TRUSTLET, .expected = EXPECT_REFUSED,
      .alone = true },
);
