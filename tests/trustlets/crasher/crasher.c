/* A trustlet that crashes in start(). */
#include <ium/raw.h>

/* A function of its own, so that a backtrace has a name to begin with. */
static __attribute__((noinline)) void crash_inside(void)
{
    __asm__ volatile("ud2");
}

static bool start(void *heap, size_t heap_size)
{
    (void)heap;
    (void)heap_size;
    crash_inside();
    return true;
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

static uint32_t invoke(uint64_t session, uint32_t command, const uint8_t *input, uint32_t input_size, struct trustlet_reply *reply)
{
    (void)session;
    (void)command;
    (void)input;
    (void)input_size;
    (void)reply;
    return 0;
}

const struct trustlet_operations trustlet = { .start = start, .open = open, .close = close, .invoke = invoke };
