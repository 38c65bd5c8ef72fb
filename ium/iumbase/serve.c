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
    default:
        invoke(call);
        break;
    }
}
