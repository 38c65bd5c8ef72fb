#include "vtl1-ring3.h"

#include <string.h>

#include "vtl1-machine.h"

#include <sk/cpu_offsets.h>
#include <sk/page_table.h>
#include <sk/user_context.h>

#define IMAGE      IUM_IMAGE_BASE
#define PAGE       UINT64_C(4096)
#define TEXT_SIZE  (2 * PAGE)
#define DATA       (IMAGE + 3 * PAGE)
#define FILLED     (TEXT_SIZE - 100)
#define REFUSED    77u /* exit code of a loader that was refused something */

struct signed_image_header ring3_header = {
    .kind = SIGNED_IMAGE_TRUSTLET, .identity = { 7 }, .name = "played", .security_version = 1, .heap_pages = 4, .stack_pages = 3,
    .max_sessions = 4, .max_instances = 2, .syscalls = UINT64_MAX,
};

#define LOADING 7u /* calls up to START */

static const struct ring3_call loader[] = {
    { IUM_SYSCALL_MAP, { IMAGE, TEXT_SIZE, IUM_READ | IUM_EXECUTE } },
    { IUM_SYSCALL_MAP, { IMAGE + TEXT_SIZE, PAGE, IUM_READ } },
    { IUM_SYSCALL_MAP, { DATA, 2 * PAGE, IUM_READ | IUM_WRITE } },
    { IUM_SYSCALL_IMAGE_READ, { 0, IMAGE, FILLED } },
    { IUM_SYSCALL_PROTECT, { IMAGE, TEXT_SIZE, IUM_READ | IUM_EXECUTE } },
    { IUM_SYSCALL_PROTECT, { IMAGE + TEXT_SIZE, PAGE, IUM_READ } },
    { IUM_SYSCALL_START, { IMAGE } },
    { IUM_SYSCALL_WAIT_CALL, { RING3_CALL } },
};

static const struct ring3_call threads_first[] = {
    { IUM_SYSCALL_CREATE_THREAD, { RING3_CALL, IMAGE, 0 } },
    { IUM_SYSCALL_NORMAL_CALL, { RING3_ASK } },
    { IUM_SYSCALL_WAIT_CALL, { RING3_CALL } },
};

static const struct ring3_call *plan;
static unsigned left;
static const struct ium_normal_call *asked;
static bool loading, patient;
static int64_t result;
static unsigned interrupt_in;

void ring3_plan(const struct ring3_call *calls, unsigned count)
{
    plan = calls;
    left = count;
    asked = NULL;
    loading = false;
}

void ring3_begin(void)
{
    ring3_plan(loader, sizeof(loader) / sizeof(loader[0]));
    loading = true;
    patient = false;
    result = IUM_SUCCESS;
}

void ring3_begin_patiently(void)
{
    ring3_begin();
    patient = true;
}

void ring3_begin_with_threads(const struct ium_normal_call *question)
{
    static struct ring3_call calls[LOADING + sizeof(threads_first) / sizeof(threads_first[0])];

    memcpy(calls, loader, LOADING * sizeof(calls[0]));
    memcpy(calls + LOADING, threads_first, sizeof(threads_first));
    ring3_begin();
    ring3_plan(calls, sizeof(calls) / sizeof(calls[0]));
    loading = true;
    asked = question;
}

void ring3_ask(const struct ium_normal_call *question)
{
    asked = question;
}

void ring3_interrupt(unsigned number)
{
    interrupt_in = number;
}

bool machine_interrupted(void)
{
    return interrupt_in != 0 && --interrupt_in == 0;
}

int64_t ring3_result(void)
{
    return result;
}

static void fill(uint64_t address)
{
    uint8_t *page = machine_translate(address, PTE_USER | PTE_WRITE);

    if (page != NULL) {
        memset(page, RING3_SECRET, PAGE);
    }
}

/* Never where a call is being served, or a question asked. */
static void keep_secrets(void)
{
    fill(DATA);
    fill(DATA + PAGE);
    fill(IUM_HEAP_BASE + PAGE);
    fill(IUM_STACK_TOP - PAGE);
    fill(IUM_LOADER_STACK_TOP - PAGE);
}

/* The last one again if it was refused, once. */
static const struct ring3_call *next_call(void)
{
    if (loading && result != IUM_SUCCESS) {
        patient = false;
        return plan - 1;
    }
    assert_int_not_equal(left, 0);
    left--;
    return plan++;
}

uint64_t user_run(struct user_context *context)
{
    const struct ring3_call *call;

    keep_secrets();
    if (asked != NULL && machine_translate(RING3_ASK, PTE_USER | PTE_WRITE) != NULL) {
        memcpy(machine_translate(RING3_ASK, PTE_USER | PTE_WRITE), asked, sizeof(*asked));
        asked = NULL;
    }
    result = (int64_t)context->rax;
    if (loading && result != IUM_SUCCESS && !patient) {
        context->rax = IUM_SYSCALL_EXIT;
        context->rdi = REFUSED;
        return USER_EXIT_SYSCALL;
    }
    call = next_call();
    context->rax = call->number;
    context->rdi = call->arguments[0];
    context->rsi = call->arguments[1];
    context->rdx = call->arguments[2];
    return USER_EXIT_SYSCALL;
}
