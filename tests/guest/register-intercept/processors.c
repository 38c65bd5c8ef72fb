/* Each processor's VTL1 has its own; an INIT of VTL0 leaves them as they are. */
#include "register_intercept.h"

#define LSTAR 0xC0000082u

static struct {
    uint64_t heard;
    uint32_t vector;
} other;

static void ask_there(void *argument)
{
    other.heard = vtl1_value(COMMAND_SET_REGISTER, HV_REGISTER_CR_INTERCEPT_CONTROL, (uint64_t)(uintptr_t)argument, OWN_VTL);
}

static void write_there(void *argument)
{
    uint64_t before = intercepts();

    (void)argument;
    set_policy(POLICY_INJECT_GP);
    other.vector = try_write_msr(LSTAR, read_msr(LSTAR));
    other.heard = intercepts() - before;
}

static void run_there(void (*procedure)(void *), uint64_t argument)
{
    note(processor_start(1, procedure, (void *)(uintptr_t)argument) && processor_wait(1), "processor-1-did-not-run");
}

void test_processors(void)
{
    uint64_t arguments[2] = { LSTAR, read_msr(LSTAR) };
    const struct expected_write write = { WRMSR, LSTAR, arguments[1], 0, 2 };

    if (processor_count < 2) {
        return;
    }
    ask(HV_CR_INTERCEPT_LSTAR_WRITE);
    run_there(write_there, 0);
    note(other.vector == 0 && other.heard == 0, "only-0:there-0x%x-%lu", other.vector, other.heard);
    expect("only-0", POLICY_INJECT_GP, code_wrmsr, arguments, &write, GUEST_FAULT + VECTOR_GP);
    ask(0);
    run_there(ask_there, HV_CR_INTERCEPT_LSTAR_WRITE);
    note(other.heard == HV_STATUS_SUCCESS, "ask:0x%lx", other.heard);
    expect("only-1", POLICY_INJECT_GP, code_wrmsr, arguments, NULL, 0);
    run_there(write_there, 0); /* the firmware has sent an INIT before */
    note(other.vector == GUEST_FAULT + VECTOR_GP && other.heard == 1, "only-1:there-0x%x-%lu", other.vector, other.heard);
    run_there(ask_there, 0);
    run_there(write_there, 0);
    note(other.vector == 0 && other.heard == 0, "none:there-0x%x-%lu", other.vector, other.heard);
    report_notes("register-intercept-processors");
}
