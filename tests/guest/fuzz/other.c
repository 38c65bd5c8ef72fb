/*
 * Another processor, which uses the pages and makes calls while their rights
 * change: what it finds is its own business, but it must be one of two things,
 * and both processors must come to their end.
 */
#include "fuzz_test.h"

#include "guest.h"

#define OTHER 1u

static volatile uint64_t stop, rounds, wrong;

/* By VMMCALL, on both sides: the hypercall pages move meanwhile. */
static void prepare(void)
{
    vtl1(COMMAND_RETURN_STYLE, GUEST_RETURN_DIRECT, 0, 0);
    vtl1(COMMAND_POLICY, POLICY_INJECT_GP, 0, 0);
}

static void use(uint64_t page, unsigned access)
{
    uint8_t *at = (uint8_t *)(uintptr_t)(page * PAGE_SIZE);
    const void *const code[] = { probe_read, probe_write, at };
    struct probe probe;

    probe_run(&probe, code[access], at + 0x800);
    wrong += probe.vector != 0 && probe.vector != GUEST_FAULT + VECTOR_GP;
}

static void loop(void *argument)
{
    uint64_t window = (uint64_t)(uintptr_t)machine.window / PAGE_SIZE;
    uint64_t random = 1;

    (void)argument;
    prepare();
    while (stop == 0) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        use(window + (random >> 33) % GUEST_FUZZ_WINDOW_PAGES, (random >> 45) % 3);
        use(machine.own.page + (random >> 33) % GUEST_FUZZ_OWN_PAGES, (random >> 45) % 3);
        wrong += rounds % 16 == 0 && vtl1_value(COMMAND_PING, 0, 0, 0) != GUEST_PING + OTHER;
        rounds++;
    }
}

void other_start(void)
{
    if (processor_count > OTHER && !processor_start(OTHER, loop, NULL)) {
        give_up("the other processor does not start");
    }
}

void other_end(void)
{
    if (processor_count > OTHER) {
        stop = 1;
        note(processor_wait(OTHER), "the-other-processor-does-not-end");
        note(rounds > 100 && wrong == 0, "rounds:%lu,wrong:%lu", rounds, wrong);
        report_notes("fuzz-other-processor");
    }
}
