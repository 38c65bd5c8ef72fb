/* Does with its freshness what VTL0 says. A trustlet with something to lose would let nobody say that. */
#include <ium/fresh.h>
#include <ium/text.h>
#include <ium/time.h>
#include <ium/trustlet.h>

enum keeper_command { KEEPER_LOOK = 1, KEEPER_SET = 2, KEEPER_NEXT = 3, KEEPER_FORGET = 4, KEEPER_TIME = 5 };

#define KEEPER_SAID (TRUSTLET_OWN_STATUS + 100u) /* and what ium/fresh.h answered, where that is not IUM_FRESH_OK */

struct keeper_set {
    uint64_t generation;
    uint8_t digest[IUM_FRESHNESS_DIGEST_SIZE];
};

static uint32_t status_of(enum ium_fresh_status status)
{
    return status == IUM_FRESH_OK ? TRUSTLET_SUCCESS : KEEPER_SAID + status;
}

static uint32_t look(struct trustlet_call *call)
{
    struct ium_freshness found;
    enum ium_fresh_status status = ium_freshness(&found);

    memcpy(call->reply, &found, sizeof(found));
    call->reply_size = sizeof(found);
    return status_of(status);
}

static uint32_t set(struct trustlet_call *call)
{
    struct keeper_set wanted;

    memcpy(&wanted, call->input, sizeof(wanted));
    return status_of(ium_set_freshness(wanted.digest, wanted.generation));
}

/* With the generation that there is. */
static uint32_t next(struct trustlet_call *call)
{
    struct ium_freshness found;
    enum ium_fresh_status status = ium_freshness(&found);

    return status_of(status == IUM_FRESH_OK ? ium_set_freshness(call->input, found.generation) : status);
}

static uint32_t forget(struct trustlet_call *call)
{
    (void)call;
    return status_of(ium_reset_freshness());
}

static uint32_t tell_time(struct trustlet_call *call)
{
    uint64_t time = ium_time();

    memcpy(call->reply, &time, sizeof(time));
    call->reply_size = sizeof(time);
    return TRUSTLET_SUCCESS;
}

static const struct trustlet_command commands[] = {
    { .command = KEEPER_LOOK, .min_reply = sizeof(struct ium_freshness), .serve = look },
    { .command = KEEPER_SET, .min_input = sizeof(struct keeper_set), .max_input = sizeof(struct keeper_set), .serve = set },
    { .command = KEEPER_NEXT, .min_input = IUM_FRESHNESS_DIGEST_SIZE, .max_input = IUM_FRESHNESS_DIGEST_SIZE, .serve = next },
    { .command = KEEPER_FORGET, .serve = forget },
    { .command = KEEPER_TIME, .min_reply = sizeof(uint64_t), .serve = tell_time },
};

const struct trustlet this_trustlet = { .commands = commands, .command_count = sizeof(commands) / sizeof(commands[0]) };
