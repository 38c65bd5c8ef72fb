/* NORMAL_CALL and IS_CANCELLED: what comes from VTL0, here from the test. */
#include <ium/host.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ium/syscalls.h>

#include "internal.h"

#define PATIENCE 1000u /* wrong answers in a row to one question */

struct service {
    uint32_t number, min_request, max_request, max_reply;
};

#define NORMAL_CALL(number, name, min, max, reply) { (number), (min), (max), (reply) },
static const struct service services[] = {
#include <abi/normal_calls.def>
};
#undef NORMAL_CALL

static trustlet_vtl0_function vtl0;
static uint32_t bad_replies;

static struct {
    bool asked_for, serving; /* cancelling the next command; a command is being served */
    uint32_t questions;
} cancelling;

void trustlet_cancel(uint32_t questions)
{
    cancelling.asked_for = true;
    cancelling.questions = questions;
}

void host_call_begins(void)
{
    cancelling.serving = true;
}

void host_call_ends(void)
{
    cancelling.serving = cancelling.asked_for = false;
}

int64_t ium_is_cancelled(void)
{
    if (!host_allows(IUM_SYSCALL_IS_CANCELLED)) {
        return IUM_UNKNOWN_SYSCALL;
    }
    if (!cancelling.serving || !cancelling.asked_for) {
        return 0;
    }
    if (cancelling.questions > 0) {
        cancelling.questions--;
        return 0;
    }
    return 1;
}

void trustlet_vtl0(trustlet_vtl0_function answers)
{
    vtl0 = answers;
}

uint32_t trustlet_bad_replies(void)
{
    return bad_replies;
}

static const struct service *find_service(uint32_t number)
{
    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        if (services[i].number == number) {
            return &services[i];
        }
    }
    return NULL;
}

/* What the secure kernel lets through. */
static bool well_formed(uint32_t status, uint32_t size, uint32_t capacity)
{
    return status < NORMAL_STATUS_COUNT && size <= capacity && (status == NORMAL_STATUS_SUCCESS || size == 0);
}

/* What a thread asks, in an allocation of its size, for ASan. VTL0's answering may make it ask again. */
static _Thread_local uint8_t *request;

static void forget_request(void)
{
    free(request);
    request = NULL;
}

_Noreturn void trustlet_power_cut(void)
{
    forget_request();
    ium_exit(TRUSTLET_POWER_CUT);
}

static void ask(struct ium_normal_call *call, uint32_t capacity)
{
    static uint8_t reply[NORMAL_CALL_DATA_SIZE];
    struct trustlet_question question = { .number = call->number, .size = call->request_size };
    uint8_t *outer = request;
    uint32_t status, size, asked = 0;

    question.request = request = malloc(call->request_size);
    memcpy(request, call->data, call->request_size);
    do {
        if (asked++ == PATIENCE) {
            fprintf(stderr, "VTL0 gives no answer to question %u that the secure kernel would take\n", call->number);
            abort();
        }
        size = 0;
        status = vtl0(&question, reply, capacity, &size);
    } while (!well_formed(status, size, capacity));
    bad_replies += asked - 1;
    forget_request();
    request = outer;
    call->status = status;
    call->reply_size = size;
    memcpy(call->data, reply, size);
}

int64_t ium_normal_call(struct ium_normal_call *call)
{
    const struct service *service = find_service(call->number);

    if (!host_allows(IUM_SYSCALL_NORMAL_CALL)) {
        return IUM_UNKNOWN_SYSCALL;
    }
    if (service == NULL || call->request_size < service->min_request || call->request_size > service->max_request ||
        call->reply_capacity > NORMAL_CALL_DATA_SIZE) {
        return IUM_BAD_ARGUMENT;
    }
    call->status = NORMAL_STATUS_REFUSED;
    call->reply_size = 0;
    if (vtl0 != NULL) {
        ask(call, call->reply_capacity < service->max_reply ? call->reply_capacity : service->max_reply);
    }
    return IUM_SUCCESS;
}
