/* One event of the secure kernel's, on its way to the trustlet's operations. */
#include <ium/raw.h>
#include <ium/text.h>

static uint8_t request[IUM_CALL_DATA_SIZE] __attribute__((aligned(16)));

static void invoke(struct ium_call *call)
{
    struct trustlet_reply reply = { .data = call->data, .capacity = call->capacity };
    uint32_t size = call->size;

    /* Request and reply share call->data on the wire; a command gets them apart. */
    memcpy(request, call->data, size);
    secure_zero(call->data, sizeof(call->data));
    call->status = trustlet.invoke(call->session, call->command, request, size, &reply);
    call->size = reply.size;
    secure_zero(request, size);
}

static struct {
    uint8_t *wire, *request;
    uint32_t size;
    uint32_t left; /* bytes of wire that the last command may have written to, whatever it said of its reply */
} large;

void ium_serve_large(void *wire, void *private, uint32_t size)
{
    large.wire = wire;
    large.request = private;
    large.size = size;
}

void ium_serve_prepare(struct ium_call *call)
{
    call->buffer = (uint64_t)large.wire;
    call->buffer_size = large.size;
}

static void invoke_large(struct ium_call *call)
{
    struct trustlet_reply reply = { .data = large.wire, .capacity = call->capacity };
    uint32_t size = call->size;

    memcpy(large.request, large.wire, size);
    secure_zero(large.wire, size > large.left ? size : large.left);
    call->status = trustlet.invoke(call->session, call->command, large.request, size, &reply);
    call->size = reply.size;
    large.left = reply.capacity;
    secure_zero(large.request, size);
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
        call->status = 0;
        call->size = 0;
        break;
    case IUM_CALL_INVOKE_LARGE:
        invoke_large(call);
        break;
    default:
        invoke(call);
        break;
    }
}
