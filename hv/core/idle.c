#include <hv/idle.h>

#include <hv/handlers.h>
#include <hv/interrupts.h>
#include <hv/vendor.h>

/* To others the processor is asleep: whoever leaves a request, for either VTL, wakes it. The deadline of the last entry still holds. */
void guest_idle(struct cpu *cpu)
{
    if (cpu->active != VTL0 || interrupts_held(cpu)) {
        return;
    }
    atomic_store(&cpu->public.running, RUN_ASLEEP);
    vendor->idle(cpu);
    atomic_store(&cpu->public.running, RUN_HOST);
    handle_nmi(cpu);
}
