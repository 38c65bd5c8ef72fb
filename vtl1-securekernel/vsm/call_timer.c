#include <sk/call_timer.h>

#include <abi/tlfs.h>

#include <sk/trap.h>
#include <sk/x86.h>

void call_timer_enable(void)
{
    wrmsr(HV_MSR_STIMER0_CONFIG, HV_STIMER_DIRECT | HV_STIMER_AUTO_ENABLE | VECTOR_CALL_TIMER << 4);
}

void call_timer_start(uint64_t at)
{
    wrmsr(HV_MSR_STIMER0_COUNT, at);
}

void call_timer_stop(void)
{
    wrmsr(HV_MSR_STIMER0_COUNT, 0);
}

void call_timer_taken(void)
{
    wrmsr(HV_MSR_EOI, 0);
}
