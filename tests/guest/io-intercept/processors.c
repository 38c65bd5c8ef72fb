/* One intercept for all processors, in force everywhere before the call that installs it returns, and gone everywhere. */
#include "io_intercept.h"

#define ROUNDS 4u

static struct {
    volatile uint64_t writes;
    volatile uint32_t stop;
    uint64_t heard;
    struct probe probe;
} other;

/* Until it is stopped, or denied: another value each time. */
static void write_on(void *argument)
{
    struct io_run run = { .before = { .rdx = SCRATCH } };
    uint64_t before = intercepts();

    (void)argument;
    set_policy(POLICY_INJECT_GP);
    other.probe.vector = 0;
    while (other.stop == 0 && other.probe.vector == 0) {
        run.before.rax = other.writes;
        probe_run(&other.probe, code_out8, &run);
        other.writes = other.writes + 1;
    }
    other.heard = intercepts() - before;
}

static bool begin(void)
{
    other.writes = 0;
    other.stop = 0;
    return processor_start(1, write_on, NULL) && wait_for(&other.writes, 200);
}

/* What it wrote last stays, from the moment the call is back. */
static void install_under_it(void)
{
    uint8_t last;

    note(begin(), "processor-1-did-not-run");
    note(install(SCRATCH, HV_INTERCEPT_ACCESS_WRITE) == HV_STATUS_SUCCESS, "install");
    last = in8(SCRATCH);
    delay_us(2000);
    note(in8(SCRATCH) == last, "wrote-after:0x%x-0x%x", in8(SCRATCH), last);
    other.stop = other.probe.vector == 0; /* it would go on for ever */
    note(processor_wait(1), "processor-1-did-not-end");
    note(other.probe.vector == GUEST_FAULT + VECTOR_GP && other.heard == 1, "denied-0x%x-%lu", other.probe.vector, other.heard);
}

static void removed(void)
{
    note(install(SCRATCH, 0) == HV_STATUS_SUCCESS, "remove");
    note(begin(), "processor-1-did-not-run");
    other.stop = 1;
    note(processor_wait(1), "processor-1-did-not-end");
    note(other.probe.vector == 0 && other.heard == 0, "removed-0x%x-%lu", other.probe.vector, other.heard);
    note(in8(SCRATCH) == (uint8_t)(other.writes - 1), "removed:0x%x", in8(SCRATCH));
}

void test_processors(void)
{
    if (processor_count < 2) {
        return;
    }
    for (unsigned round = 0; round < ROUNDS; round++) {
        install_under_it();
        removed();
    }
    report_notes("io-intercept-processors");
}
