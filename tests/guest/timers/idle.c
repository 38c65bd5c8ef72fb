/* HV_X64_MSR_GUEST_IDLE: the read waits for an interrupt, and what others want of the processor meanwhile is done. */
#include "timers.h"

static volatile uint64_t resting;

/* Few reads pass the time until the timer's interrupt, which is not lost. */
static void one_shot(void)
{
    uint64_t before = interrupts_here(), flags = read_rflags(), time;
    unsigned rests = 0;

    __asm__ volatile("cli" : : : "memory");
    write_msr(CONFIG(0), DIRECT_TEST | HV_STIMER_AUTO_ENABLE);
    time = now() + 100 * MILLISECOND;
    write_msr(COUNT(0), time);
    while (interrupts_here() == before && now() < time + PATIENCE) {
        rest_idle();
        rests++;
    }
    note(interrupts_here() == before + 1 && now() >= time, "one-shot:%lu", interrupts_here() - before);
    note(rests <= FEW_RESTS, "one-shot:%u-rests", rests);
    write_rflags(flags);
}

/* With IF = 0 it may end at once or by the interrupt; that waits for IF. */
static void closed(void)
{
    uint64_t before = interrupts_here(), flags = read_rflags(), time;

    __asm__ volatile("cli" : : : "memory");
    time = now() + 5 * MILLISECOND;
    write_msr(COUNT(0), time);
    while (now() < time) {
        note(read_msr(HV_MSR_GUEST_IDLE) == 0, "closed:value");
    }
    spin_until(time + MILLISECOND);
    note(interrupts_here() == before, "closed:taken");
    note(wait_interrupts(before + 1, PATIENCE) == before + 1, "closed:lost");
    note(wait_interrupts(before + 2, 2 * MILLISECOND) == before + 1, "closed:twice");
    write_rflags(flags);
}

static void here(void *argument)
{
    (void)argument;
    one_shot();
    closed();
}

/* VTL1 does not wait: it has VTL0 to return to. */
static void in_vtl1(void)
{
    struct answer answer = vtl1(COMMAND_READ_MSR, HV_MSR_GUEST_IDLE, 0, 0);

    note(answer.rax == 0 && (uint32_t)answer.r9 == 0, "vtl1:0x%lx", answer.r9);
    note(try_write_msr(HV_MSR_GUEST_IDLE, 0) == GP, "written");
}

static void rest(void *argument)
{
    uint64_t before = interrupts_here(), flags = read_rflags();

    (void)argument;
    __asm__ volatile("cli" : : : "memory");
    while (interrupts_here() == before) {
        resting = 1;
        rest_idle();
    }
    write_rflags(flags);
}

/* Another processor asks for its registers and, last, interrupts it. */
static void asked_and_woken(uint32_t other)
{
    resting = 0;
    note(processor_start(other, rest, NULL) && wait_for(&resting, 1), "%u:start", other);
    for (unsigned i = 0; i < 20; i++) {
        struct answer answer = vtl1(COMMAND_REGISTER_OF, other, HV_REGISTER_VP_INDEX, 0);

        note(answer.rax == HV_STATUS_SUCCESS && answer.r9 == other, "%u:asked", other);
        spin_until(now() + MILLISECOND);
    }
    apic_send(other, ICR_FIXED | VECTOR_TEST);
    note(processor_wait(other), "%u:not-woken", other);
}

void test_idle(void)
{
    here(NULL);
    in_vtl1();
    report_notes("timers-idle");
    for (uint32_t i = 1; i < processor_count; i++) {
        note(processor_start(i, here, NULL) && processor_wait(i), "processor-%u", i);
        asked_and_woken(i);
    }
    note(true, "-");
    report_notes("timers-idle-elsewhere");
}
