#include "vtl1-play.h"

#include <string.h>

#include "vtl1-machine.h"
#include "vtl1-ring3.h"

#include <sk/cpu_offsets.h>
#include <sk/page_table.h>
#include <sk/trap.h>
#include <sk/user_context.h>

#define IMAGE     IUM_IMAGE_BASE
#define PAGE      UINT64_C(4096)
#define TEXT_SIZE (2 * PAGE)
#define DATA      (IMAGE + 3 * PAGE)
#define MISREAD   0xE0u /* of 256: a loader goes on as it should */

struct signed_image_header ring3_header = {
    .kind = SIGNED_IMAGE_TRUSTLET, .identity = { 7 }, .name = "played", .security_version = 1, .heap_pages = 4, .stack_pages = 3,
    .max_sessions = 4, .max_instances = 6, .handle_quota = 7, .page_quota = 40, .call_time = 1000, .syscalls = UINT64_MAX,
};

static const uint8_t *at;
static size_t left;
static bool over;
static unsigned step; /* of the loader that runs */

void play_input(const uint8_t *data, size_t size)
{
    at = data;
    left = size;
    over = false;
}

uint8_t play_byte(void)
{
    if (left == 0) {
        over = true;
        return 0;
    }
    left--;
    return *at++;
}

uint64_t play_below(uint64_t limit)
{
    uint64_t value = 0;

    for (uint64_t reach = 1; reach < limit; reach <<= 8) {
        value = value << 8 | play_byte();
    }
    return value % limit;
}

bool play_over(void)
{
    return over;
}

void ring3_begin(void)
{
    step = 0;
}

static uint64_t address(void)
{
    static const uint64_t bases[] = {
        IMAGE, IMAGE + PAGE, IMAGE + TEXT_SIZE, DATA, DATA + PAGE, DATA + 2 * PAGE, IUM_HEAP_BASE, IUM_HEAP_BASE + PAGE,
        IUM_HEAP_BASE + 4 * PAGE, IUM_STACK_TOP, IUM_STACK_TOP - 3 * PAGE, IUM_LOADER_TEXT, IUM_LOADER_STACK_TOP, 0, UINT64_MAX,
        UINT64_C(0x00007FFFFFFFF000), UINT64_C(0x0000800000000000), UINT64_C(0xFFFF900000000000), UINT64_C(0xFFFFA20000000000),
    };
    uint64_t base = bases[play_below(sizeof(bases) / sizeof(bases[0]))];

    return play_byte() < 128 ? base : base + (uint64_t)(int8_t)play_byte();
}

static uint64_t number(void)
{
    static const uint64_t sizes[] = { 0, 1, 32, 64, 256, 257, PAGE, 2 * PAGE, 3 * PAGE, IUM_IMAGE_MAX_SIZE, UINT64_MAX, 0 - IMAGE };

    switch (play_below(4)) {
    case 0:
        return play_byte();
    case 1:
        return address();
    default:
        return sizes[play_below(sizeof(sizes) / sizeof(sizes[0]))];
    }
}

static uint64_t call(struct user_context *context, uint64_t what, uint64_t a0, uint64_t a1, uint64_t a2)
{
    context->rax = what;
    context->rdi = a0;
    context->rsi = a1;
    context->rdx = a2;
    return USER_EXIT_SYSCALL;
}

static uint64_t load(struct user_context *context)
{
    static const struct ring3_call calls[] = {
        { IUM_SYSCALL_MAP, { IMAGE, TEXT_SIZE, IUM_READ | IUM_EXECUTE } },
        { IUM_SYSCALL_MAP, { IMAGE + TEXT_SIZE, PAGE, IUM_READ } },
        { IUM_SYSCALL_MAP, { DATA, 2 * PAGE, IUM_READ | IUM_WRITE } },
        { IUM_SYSCALL_IMAGE_READ, { 0, IMAGE, PAGE + 1 } },
        { IUM_SYSCALL_PROTECT, { IMAGE, TEXT_SIZE, IUM_READ | IUM_EXECUTE } },
        { IUM_SYSCALL_PROTECT, { IMAGE + TEXT_SIZE, PAGE, IUM_READ } },
        { IUM_SYSCALL_START, { IMAGE } },
    };
    const struct ring3_call *next;

    if (step == sizeof(calls) / sizeof(calls[0])) {
        return call(context, IUM_SYSCALL_EXIT, step, 0, 0);
    }
    next = &calls[step++];
    return call(context, next->number, next->arguments[0], next->arguments[1], next->arguments[2]);
}

/* Where ring 3 may write: that it does so is no business of the kernel's. */
static void put(uint64_t to, const void *from, uint64_t size)
{
    uint8_t *there = machine_translate(to, PTE_USER | PTE_WRITE);

    if (there != NULL) {
        memcpy(there, from, size);
    }
}

static uint64_t wait(struct user_context *context)
{
    const struct ium_call reply = { .status = play_byte() < 32, .size = 16 * play_byte(), .buffer = address(),
                                    .buffer_size = play_byte() < 128 ? play_byte() * PAGE / 16 : 0 };
    uint64_t page = IUM_HEAP_BASE + play_below(4) * PAGE;

    put(page, &reply, offsetof(struct ium_call, data) + 8);
    return call(context, IUM_SYSCALL_WAIT_CALL, page, 0, 0);
}

static uint64_t ask(struct user_context *context)
{
    const struct ium_normal_call question = {
        .number = play_byte() % 8, .request_size = play_byte() < 128 ? 64 : play_byte(), .reply_capacity = 32 * play_byte(),
    };
    uint64_t page = IUM_HEAP_BASE + play_below(4) * PAGE;

    put(page, &question, offsetof(struct ium_normal_call, data));
    return call(context, IUM_SYSCALL_NORMAL_CALL, page, 0, 0);
}

static uint64_t fault(struct user_context *context)
{
    context->fault_vector = play_byte() % 32;
    context->fault_error = 0;
    context->rbp = address();
    return USER_EXIT_FAULT;
}

/* Its addresses are its own business too, but for the loader's, by which it is told from a trustlet. */
static uint64_t misbehave(struct user_context *context, bool loading)
{
    if (!loading && play_byte() < 32) {
        context->rip = address();
    }
    return call(context, play_below(IUM_SYSCALL_COUNT + 4), play_byte() < 192 ? address() : number(), number(), number());
}

/* By VTL0's, or by the call timer's, in time or late. */
static uint64_t interrupted(struct user_context *context, bool elsewhere)
{
    if (elsewhere) {
        play_meanwhile();
    }
    context->fault_vector = play_byte() < 192 ? VECTOR_VINA : VECTOR_CALL_TIMER;
    machine_time += play_byte();
    return USER_EXIT_INTERRUPT;
}

/* Once the input is over everything runs to its end. */
bool machine_interrupted(void)
{
    uint8_t what = play_byte();

    if (what % 8 == 7) {
        play_meanwhile();
    }
    return !play_over() && what % 4 == 3;
}

uint64_t user_run(struct user_context *context)
{
    bool loading = context->rip == IUM_LOADER_TEXT;
    uint8_t what = play_byte();

    if (play_over()) {
        return call(context, IUM_SYSCALL_EXIT, 0, 0, 0);
    }
    if (loading) {
        return what < MISREAD ? load(context) : what == UINT8_MAX ? fault(context) : misbehave(context, true);
    }
    switch (what % 32) {
    case 0:
        return fault(context);
    case 1:
        return interrupted(context, false);
    case 2:
    case 3:
        return interrupted(context, true);
    case 4:
    case 5:
        return ask(context);
    case 6:
        return call(context, IUM_SYSCALL_CREATE_THREAD, IUM_HEAP_BASE + play_below(4) * PAGE, IMAGE + 16, play_below(2) * IUM_STACK_TOP);
    case 7:
    case 8:
        return misbehave(context, false);
    default:
        return wait(context);
    }
}
