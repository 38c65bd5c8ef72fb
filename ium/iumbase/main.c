#include <ium/trustlet.h>

#include <lib/string.h>

#include <ium/syscalls.h>

#define EXIT_START_REFUSED 1u
#define EXIT_WAIT_REFUSED  2u

static struct ium_call call;
static uint8_t request[IUM_CALL_DATA_SIZE];

void ium_print(const char *text)
{
    size_t length = strlen(text);

    ium_log(text, length < IUM_MAX_LOG ? length : IUM_MAX_LOG);
}

static void invoke(void)
{
    struct trustlet_reply reply = { .data = call.data, .capacity = call.capacity };
    uint32_t size = call.size;

    /* Request and reply share call.data on the wire; a command gets them apart. */
    memcpy(request, call.data, size);
    secure_zero(call.data, size);
    call.status = trustlet.invoke(call.session, call.command, request, size, &reply);
    call.size = reply.size;
    secure_zero(request, size);
}

static void serve(void)
{
    switch (call.event) {
    case IUM_CALL_OPEN:
        call.status = trustlet.open(call.session);
        call.size = 0;
        break;
    case IUM_CALL_CLOSE:
        trustlet.close(call.session);
        call.status = 0;
        call.size = 0;
        break;
    default:
        invoke();
        break;
    }
}

void ium_main(void *heap, size_t heap_size)
{
    if (!trustlet.start(heap, heap_size)) {
        ium_exit(EXIT_START_REFUSED);
    }
    for (;;) {
        if (ium_wait_call(&call) != IUM_SUCCESS) {
            ium_exit(EXIT_WAIT_REFUSED);
        }
        serve();
    }
}
