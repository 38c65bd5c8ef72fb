/* A trustlet by the table of ium/trustlet.h. Each command tries one promise of iumbase where it has to hold: in ring 3 of VTL1. */
#include "kit.h"

#include <ium/guard.h>
#include <ium/heap.h>
#include <ium/text.h>
#include <ium/time.h>
#include <ium/trustlet.h>

#define OVERRUN 64u

/* The size comes from outside, so that no compiler sees what happens. */
__attribute__((noinline)) static void fill(volatile uint8_t *to, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        to[i] = 0xA5;
    }
}

__attribute__((noinline)) static uint32_t overflow(uint32_t size)
{
    uint8_t room[16];

    fill(room, size);
    return room[0];
}

static uint32_t smash_stack(struct trustlet_call *call)
{
    return overflow(call->input_size + OVERRUN);
}

static uint32_t free_twice(struct trustlet_call *call)
{
    void *block = ium_malloc(32);

    (void)call;
    ium_free(block);
    ium_free(block);
    return TRUSTLET_SUCCESS;
}

static uint32_t overrun_block(struct trustlet_call *call)
{
    uint8_t *block = ium_malloc(32);

    fill(block, call->input_size + 33);
    ium_free(block);
    return TRUSTLET_SUCCESS;
}

static uint32_t reply_too_long(struct trustlet_call *call)
{
    call->reply_size = call->reply_capacity + 1;
    return TRUSTLET_SUCCESS;
}

static uint32_t answer(struct trustlet_call *call, uint64_t value)
{
    memcpy(call->reply, &value, sizeof(value));
    call->reply_size = sizeof(value);
    return TRUSTLET_SUCCESS;
}

static uint32_t canary(struct trustlet_call *call)
{
    return answer(call, __stack_chk_guard);
}

static uint32_t ticks(struct trustlet_call *call)
{
    uint64_t before = ium_ticks();

    return answer(call, ium_ticks() - before);
}

static uint32_t fill_heap(struct trustlet_call *call)
{
    void *blocks = NULL;
    uint64_t count = 0;

    for (void **block = ium_malloc(64); block != NULL; block = ium_malloc(64)) {
        *block = blocks;
        blocks = block;
        count++;
    }
    while (blocks != NULL) {
        void *next = *(void **)blocks;

        ium_free(blocks);
        blocks = next;
    }
    return answer(call, count);
}

static const struct trustlet_command commands[] = {
    { .command = KIT_SMASH_STACK, .serve = smash_stack },
    { .command = KIT_FREE_TWICE, .serve = free_twice },
    { .command = KIT_OVERRUN_BLOCK, .serve = overrun_block },
    { .command = KIT_REPLY_TOO_LONG, .serve = reply_too_long },
    { .command = KIT_CANARY, .min_reply = 8, .serve = canary },
    { .command = KIT_TICKS, .min_reply = 8, .serve = ticks },
    { .command = KIT_FILL_HEAP, .min_reply = 8, .serve = fill_heap },
};

const struct trustlet this_trustlet = { .commands = commands, .command_count = sizeof(commands) / sizeof(commands[0]) };
