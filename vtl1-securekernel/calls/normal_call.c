#include <sk/mutant.h>
#include <sk/normal_call.h>

#include <stddef.h>

#include <lib/string.h>

#include <abi/normal_call.h>

#include <sk/process.h>

struct service {
    uint32_t number, min_request, max_request, max_reply;
};

#define NORMAL_CALL(number, name, min, max, reply) { (number), (min), (max), (reply) },
static const struct service services[] = {
#include <abi/normal_calls.def>
};
#undef NORMAL_CALL

static const struct service *find_service(uint32_t number)
{
    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        if (services[i].number == number) {
            return &services[i];
        }
    }
    return NULL;
}

bool normal_call_allowed(uint32_t number, uint32_t request_size, uint32_t reply_capacity)
{
    const struct service *service = find_service(number);

    return service != NULL && request_size >= service->min_request && request_size <= service->max_request &&
           reply_capacity <= NORMAL_CALL_DATA_SIZE;
}

uint32_t normal_call_longest_reply(uint32_t number, uint32_t reply_capacity)
{
    uint32_t most = find_service(number)->max_reply;

    return reply_capacity < most ? reply_capacity : most;
}

void normal_call_ask(const struct thread *thread, struct secure_reply *reply)
{
    struct normal_request request = {
        .number = thread->ask_number,
        .size = thread->ask_size,
        .instance = thread->process->instance,
    };

    memcpy(request.identity, thread->process->image.identity, sizeof(request.identity));
    memcpy(reply->data, &request, sizeof(request));
    memcpy(reply->data + sizeof(request), thread->call->data, thread->ask_size);
    reply->size = (uint32_t)sizeof(request) + thread->ask_size;
    secure_zero(thread->call->data, thread->ask_size);
}

static bool well_formed(const struct thread *thread, const struct normal_reply *reply, uint32_t size)
{
    return reply->status < NORMAL_STATUS_COUNT && reply->size == size && size <= thread->ask_capacity &&
           (reply->status == NORMAL_STATUS_SUCCESS || size == 0);
}

enum secure_status normal_call_answer(struct thread *thread, const uint8_t *input, uint32_t size)
{
    struct normal_reply reply;

    if (size < sizeof(reply)) {
        return SECURE_STATUS_BAD_REPLY;
    }
    memcpy(&reply, input, sizeof(reply));
    if (!well_formed(thread, &reply, size - (uint32_t)sizeof(reply)) && !mutant_is(MUTANT_REPLIES_UNCHECKED)) {
        return SECURE_STATUS_BAD_REPLY;
    }
    thread_answer(thread, reply.status, input + sizeof(reply), reply.size);
    return SECURE_STATUS_SUCCESS;
}
