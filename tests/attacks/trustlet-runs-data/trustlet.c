/* Code that was not signed: RET written into memory that may be written, or found in memory that may be read, and called. */
#include <assailant/attack.h>

#define RET 0xC3u

static uint8_t in_data[16];
static const uint8_t in_rodata[16] = { RET };

static void call(const void *code)
{
    void (*function)(void) = (void (*)(void))(uintptr_t)code;

    __asm__ volatile("" : : : "memory");
    function();
}

static void run_data(uint64_t number, struct assailant_report *report)
{
    in_data[0] = RET;
    call(in_data);
    assailant_say(report, ASSAILANT_SUCCEEDED, number, "data-ran");
}

static void run_rodata(uint64_t number, struct assailant_report *report)
{
    call(in_rodata);
    assailant_say(report, ASSAILANT_SUCCEEDED, number, "constants-ran");
}

static void run_heap(uint64_t number, struct assailant_report *report)
{
    size_t size;
    uint8_t *heap = assailant_heap(&size);

    heap[0] = RET;
    call(heap);
    assailant_say(report, ASSAILANT_SUCCEEDED, number, "heap-ran");
}

static void run_stack(uint64_t number, struct assailant_report *report)
{
    volatile uint8_t code[16] = { RET };

    call((const void *)(uintptr_t)code);
    assailant_say(report, ASSAILANT_SUCCEEDED, number, "stack-ran");
}

static __attribute__((noinline)) void signed_code(void)
{
    __asm__ volatile("");
}

static void run_text(uint64_t number, struct assailant_report *report)
{
    call((const void *)(uintptr_t)signed_code);
    assailant_say(report, ASSAILANT_SUCCEEDED, number, "code-ran");
}

TRUSTLET_ATTACKS(trustlet_runs_data, { "run-data", run_data }, { "run-rodata", run_rodata }, { "run-heap", run_heap },
                 { "run-stack", run_stack }, { "run-text", run_text });
