/* iumbase/serve.c, but request and reply are allocations of exactly their sizes: ASan stops who goes beyond them. */
#include <stdlib.h>
#include <string.h>

#include <ium/raw.h>

/* Kept until the next command: one that ends by EXIT does not come back to free them. */
static uint8_t *request;
static struct trustlet_reply reply;
static uint32_t large_size;

/* The heap's two buffers are not used here: only how much would be taken counts. */
void ium_serve_large(void *wire, void *large_request, uint32_t size)
{
    (void)wire;
    (void)large_request;
    large_size = size;
}

void ium_serve_prepare(struct ium_call *call)
{
    call->buffer_size = large_size;
}

/* Where request and reply are on the wire. */
static uint8_t *wire_of(struct ium_call *call)
{
    return call->event == IUM_CALL_INVOKE_LARGE ? (uint8_t *)call->buffer : call->data;
}

static void prepare(struct ium_call *call)
{
    free(request);
    free(reply.data);
    request = malloc(call->size);
    memcpy(request, wire_of(call), call->size);
    reply = (struct trustlet_reply){ .data = calloc(1, call->capacity), .capacity = call->capacity };
}

static void invoke(struct ium_call *call)
{
    prepare(call);
    call->status = trustlet.invoke(call->session, call->command, request, call->size, &reply);
    call->size = reply.size;
    memcpy(wire_of(call), reply.data, reply.size <= reply.capacity ? reply.size : reply.capacity);
}

void ium_serve(struct ium_call *call)
{
    switch (call->event) {
    case IUM_CALL_OPEN:
        call->status = trustlet.open(call->session);
        call->size = 0;
        break;
    case IUM_CALL_CLOSE:
        trustlet.close(call->session);
        break;
    default:
        invoke(call);
        break;
    }
}
