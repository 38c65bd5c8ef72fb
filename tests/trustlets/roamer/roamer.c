/* A trustlet that tells where and when it runs. */
#include <ium/raw.h>

#include <lib/string.h>

#include "roamer.h"

extern const char trustlet_rodata[]; /* ium/iumbase/trustlet.lds */

static struct roamer_layout layout;
static uint64_t samples[ROAMER_SAMPLES];

static bool start(void *heap, size_t heap_size)
{
    (void)heap_size;
    layout.image = (uint64_t)trustlet_rodata;
    layout.heap = (uint64_t)heap;
    layout.stack = ((uint64_t)__builtin_frame_address(0) + 4095) & ~UINT64_C(4095);
    return true;
}

static uint64_t time_stamp(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

static void sample(const uint8_t *input)
{
    uint64_t rounds;

    memcpy(&rounds, input, sizeof(rounds));
    for (unsigned i = 0; i < ROAMER_SAMPLES; i++) {
        for (uint64_t n = 0; n < rounds; n++) {
            __asm__ volatile("" : "+r"(n));
        }
        samples[i] = time_stamp();
    }
}

static uint32_t answer(struct trustlet_reply *reply, const void *from, uint32_t size)
{
    if (reply->capacity < size) {
        return 1;
    }
    memcpy(reply->data, from, size);
    reply->size = size;
    return 0;
}

static uint32_t invoke(uint64_t session, uint32_t command, const uint8_t *input, uint32_t input_size, struct trustlet_reply *reply)
{
    (void)session;
    if (command == ROAMER_WHERE) {
        return answer(reply, &layout, sizeof(layout));
    }
    if (command != ROAMER_SAMPLE || input_size != sizeof(uint64_t)) {
        return 1;
    }
    sample(input);
    return answer(reply, samples, sizeof(samples));
}

static uint32_t open(uint64_t session)
{
    (void)session;
    return 0;
}

static void close(uint64_t session)
{
    (void)session;
}

const struct trustlet_operations trustlet = { .start = start, .open = open, .close = close, .invoke = invoke };
