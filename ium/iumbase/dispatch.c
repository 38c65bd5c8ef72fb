/* this_trustlet's table on top of raw.h: sessions with state, numbers and sizes checked before a command sees them. */
#include <ium/trustlet.h>

#include <ium/crypto.h>
#include <ium/exit.h>
#include <ium/heap.h>
#include <ium/raw.h>
#include <ium/syscalls.h>
#include <ium/text.h>

_Static_assert(TRUSTLET_MAX_LARGE == SECURE_LARGE_MAX, "a large call's room");
_Static_assert(TRUSTLET_MAX_INPUT == IUM_CALL_DATA_SIZE && TRUSTLET_MAX_REPLY == IUM_CALL_DATA_SIZE, "a call's room");

struct session {
    struct session *next;
    uint64_t number;
    uint8_t state[] __attribute__((aligned(16)));
};

static struct session *sessions;

/* Only there when the trustlet links iumbase-crypto. */
#pragma weak ium_crypto_hook

static bool take_large_calls(void)
{
    uint32_t size = this_trustlet.large_size;
    void *wire, *request;

    if (size == 0) {
        return true;
    }
    wire = ium_calloc(1, size);
    request = ium_calloc(1, size);
    if (size > TRUSTLET_MAX_LARGE || wire == NULL || request == NULL) {
        return false;
    }
    ium_serve_large(wire, request, size);
    return true;
}

static bool start(void *heap, size_t heap_size)
{
    sessions = NULL;
    ium_heap_start(heap, heap_size);
    if (&ium_crypto_hook != NULL && !ium_crypto_hook()) {
        ium_exit(IUM_EXIT_NO_CRYPTO);
    }
    if (!take_large_calls()) {
        return false;
    }
    return this_trustlet.start == NULL || this_trustlet.start();
}

/* Where the pointer to a session is. It points to NULL when there is none of that number. */
static struct session **find(uint64_t number)
{
    struct session **at = &sessions;

    while (*at != NULL && (*at)->number != number) {
        at = &(*at)->next;
    }
    return at;
}

static void *state_of(uint64_t number)
{
    struct session *session = *find(number);

    return session != NULL ? session->state : NULL;
}

static void forget(uint64_t number)
{
    struct session **at = find(number), *session = *at;

    if (session != NULL) {
        *at = session->next;
        ium_free(session);
    }
}

static bool remember(uint64_t number)
{
    struct session *session;

    if (this_trustlet.session_size == 0) {
        return true;
    }
    session = ium_malloc(sizeof(*session) + this_trustlet.session_size);
    if (session == NULL) {
        return false;
    }
    session->number = number;
    session->next = sessions;
    sessions = session;
    return true;
}

static uint32_t open_session(uint64_t number)
{
    uint32_t status = TRUSTLET_SUCCESS;

    if (!remember(number)) {
        return TRUSTLET_NO_MEMORY;
    }
    if (this_trustlet.open != NULL) {
        status = this_trustlet.open(number, state_of(number));
    }
    if (status != TRUSTLET_SUCCESS) {
        forget(number);
    }
    return status;
}

static void close_session(uint64_t number)
{
    if (this_trustlet.close != NULL) {
        this_trustlet.close(number, state_of(number));
    }
    forget(number);
}

static const struct trustlet_command *find_command(uint32_t number)
{
    for (size_t i = 0; i < this_trustlet.command_count; i++) {
        if (this_trustlet.commands[i].command == number) {
            return &this_trustlet.commands[i];
        }
    }
    return NULL;
}

static uint32_t serve(const struct trustlet_command *row, struct trustlet_call *call)
{
    uint32_t status;

    if (call->input_size < row->min_input || call->input_size > row->max_input || call->reply_capacity < row->min_reply) {
        return TRUSTLET_BAD_SIZE;
    }
    status = row->serve(call);
    if (call->reply_size > call->reply_capacity) {
        ium_exit(IUM_EXIT_REPLY_TOO_LONG);
    }
    return status;
}

static uint32_t invoke(uint64_t session, uint32_t command, const uint8_t *input, uint32_t input_size,
                       struct trustlet_reply *reply)
{
    const struct trustlet_command *row = find_command(command);
    struct trustlet_call call = {
        .session = session,
        .state = state_of(session),
        .command = command,
        .input_size = input_size,
        .input = input,
        .reply = reply->data,
        .reply_capacity = reply->capacity,
    };
    uint32_t status = row != NULL ? serve(row, &call) : TRUSTLET_UNKNOWN_COMMAND;

    reply->size = call.reply_size;
    return status;
}

const struct trustlet_operations trustlet = {
    .start = start,
    .open = open_session,
    .close = close_session,
    .invoke = invoke,
};
