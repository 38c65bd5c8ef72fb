/* Makes system calls by chance, in ring 3, and knows what each must answer (model.h). */
#include <ium/raw.h>

#include <ium/syscalls.h>
#include <ium/text.h>

#include "chance.h"
#include "ends.h"
#include "judge.h"

#define PAGE         UINT64_C(4096)
#define THREAD_STACK 16384u
#define DATA_PAD     8192u
#define MANIFEST_BIT(name) (UINT64_C(1) << IUM_SYSCALL_##name)

/* iumbase/trustlet.lds */
extern const char trustlet_text[], trustlet_rodata[], trustlet_data[], trustlet_end[];

static uint8_t data_pad[DATA_PAD] __attribute__((aligned(4096)));
static struct ium_call calls[FUZZER_THREADS - 1], own_call;
static uint8_t stacks[FUZZER_THREADS - 1][THREAD_STACK] __attribute__((aligned(16)));
static struct world world;

static struct place place(const void *from, const void *to, uint32_t rights)
{
    uint64_t base = (uint64_t)from;

    return (struct place){ .base = base, .size = (((uint64_t)to + PAGE - 1) & ~(PAGE - 1)) - base, .rights = rights };
}

/* The kernel has put a call there before it lets the thread begin. */
static _Noreturn void thread_main(struct ium_call *call)
{
    do {
        ium_serve(call);
    } while (ium_wait_call(call) == IUM_SUCCESS);
    ium_exit(FUZZER_ENDS);
}

/* Of the stack only the lowest page is a pad: the program never comes as far down. */
static struct place stack_place(void)
{
    uint64_t top = ((uint64_t)__builtin_frame_address(0) + PAGE - 1) & ~(PAGE - 1);
    uint64_t base = top - FUZZER_STACK_PAGES * PAGE;

    return (struct place){ base, FUZZER_STACK_PAGES * PAGE, IUM_READ | IUM_WRITE, base, PAGE };
}

static bool start(void *heap, size_t heap_size)
{
    world = (struct world){
        .threads = 1,
        .syscalls = MANIFEST_BIT(EXIT) | MANIFEST_BIT(LOG) | MANIFEST_BIT(WAIT_CALL) | MANIFEST_BIT(DERIVE_KEY) |
                    MANIFEST_BIT(GET_IDENTITY) | MANIFEST_BIT(CREATE_THREAD) | MANIFEST_BIT(NORMAL_CALL) | MANIFEST_BIT(GET_PLATFORM) |
                    MANIFEST_BIT(GET_FRESHNESS) | MANIFEST_BIT(GET_TIME),
    };
    world.places[PLACE_TEXT] = place(trustlet_text, trustlet_rodata, IUM_READ | IUM_EXECUTE);
    world.places[PLACE_RODATA] = place(trustlet_rodata, trustlet_data, IUM_READ);
    world.places[PLACE_DATA] = place(trustlet_data, trustlet_end, IUM_READ | IUM_WRITE);
    world.places[PLACE_DATA].pad = (uint64_t)data_pad;
    world.places[PLACE_DATA].pad_size = DATA_PAD;
    world.places[PLACE_HEAP] = (struct place){ (uint64_t)heap, heap_size, IUM_READ | IUM_WRITE, (uint64_t)heap, heap_size };
    world.places[PLACE_STACK] = stack_place();
    for (unsigned i = 0; i < FUZZER_THREADS - 1; i++) {
        /* As behind a call instruction: a return address is missing, and the stack 8 off the boundary. */
        world.slots[i] = (struct thread_slot){ (uint64_t)&calls[i], (uint64_t)thread_main, (uint64_t)(stacks[i] + THREAD_STACK - 8) };
    }
    return heap_size == FUZZER_HEAP_PAGES * PAGE;
}

/* A buffer for each wait, anywhere in the heap, its first and last bytes included. Its start is not aligned to anything. */
static _Noreturn void roam(uint64_t seed)
{
    struct chance chance = chance_from(seed);
    const struct place *heap = &world.places[PLACE_HEAP];

    own_call = (struct ium_call){ 0 };
    for (;;) {
        uint64_t most = heap->size - sizeof(own_call);
        uint8_t *at = (uint8_t *)heap->base + (chance_below(&chance, 4) == 0 ? most : chance_below(&chance, most));

        memcpy(at, &own_call, sizeof(own_call));
        if (ium_wait_call((struct ium_call *)(void *)at) != IUM_SUCCESS) {
            ium_exit(FUZZER_ENDS);
        }
        memcpy(&own_call, at, sizeof(own_call));
        ium_serve(&own_call);
    }
}

static uint32_t run(const uint8_t *input, struct trustlet_reply *reply)
{
    static struct fuzzer_report report;
    struct fuzzer_run wanted;

    memcpy(&wanted, input, sizeof(wanted));
    judge_run(&world, &wanted, &report);
    memcpy(reply->data, &report, sizeof(report));
    reply->size = sizeof(report);
    return 0;
}

static uint32_t invoke(uint64_t session, uint32_t command, const uint8_t *input, uint32_t input_size, struct trustlet_reply *reply)
{
    uint32_t end[2];
    uint64_t seed;

    (void)session;
    if (command == FUZZER_RUN && input_size == sizeof(struct fuzzer_run) && reply->capacity >= sizeof(struct fuzzer_report)) {
        return run(input, reply);
    }
    if (command == FUZZER_ROAM && input_size == sizeof(seed)) {
        memcpy(&seed, input, sizeof(seed));
        roam(seed);
    }
    if (command == FUZZER_END && input_size == sizeof(end)) {
        memcpy(end, input, sizeof(end));
        ends_do(&world, end[0], end[1]);
        return 0;
    }
    return 1;
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
