#include <hv/inject.h>

#include <hv/vendor.h>

void event_put_behind(struct cpu *cpu, enum vtl vtl)
{
    struct event *pending = &cpu->vtl[vtl].pending;

    if (pending->type == EVENT_INTERRUPT) {
        vendor->raise_interrupt(cpu, vtl, pending->vector);
    } else if (pending->type == EVENT_NMI) {
        atomic_fetch_or(&cpu->public.requests, REQUEST_NMI);
    }
    pending->type = EVENT_NONE;
}

static void inject_exception(struct cpu *cpu, struct event event)
{
    event_put_behind(cpu, cpu->active);
    cpu->vtl[cpu->active].pending = event;
}

void inject_ud(struct cpu *cpu)
{
    inject_exception(cpu, (struct event){ .type = EVENT_EXCEPTION, .vector = VECTOR_UD });
}

void inject_gp(struct cpu *cpu)
{
    inject_exception(cpu, (struct event){ .type = EVENT_EXCEPTION, .vector = VECTOR_GP, .has_error_code = true });
}
