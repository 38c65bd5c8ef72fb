/* Runs a set of published test vectors for each command and answers how many passed. */
#include <ium/raw.h>

#include <crypto/psa.h>
#include <lib/string.h>

#include "sets.h"

static bool start(void *heap, size_t heap_size)
{
    return crypto_start(heap, heap_size);
}

static uint32_t open(uint64_t session)
{
    (void)session;
    return VECTORS_SUCCESS;
}

static void close(uint64_t session)
{
    (void)session;
}

static uint32_t invoke(uint64_t session, uint32_t command, const uint8_t *input, uint32_t input_size,
                       struct trustlet_reply *reply)
{
    struct vectors_result result;

    (void)session;
    (void)input;
    if (command < 1 || input_size != 0 || reply->capacity < sizeof(result)) {
        return VECTORS_BAD_REQUEST;
    }
    if (!vectors_run(command - 1, &result)) {
        return VECTORS_NO_SUCH_SET;
    }
    memcpy(reply->data, &result, sizeof(result));
    reply->size = sizeof(result);
    return VECTORS_SUCCESS;
}

const struct trustlet_operations trustlet = { .start = start, .open = open, .close = close, .invoke = invoke };
