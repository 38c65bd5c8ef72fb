#include <hv/inject.h>

#include <hv/handlers.h>
#include <hv/interrupts.h>

/*
 * A broken-off exception is dropped: its instruction has not retired and
 * raises it again. (A debug trap's has: what VTL0 then loses is its own, and
 * DR6 keeps the cause.)
 */
void event_put_behind(struct cpu *cpu, enum vtl vtl)
{
    struct event *pending = &cpu->vtl[vtl].pending;

    if (pending->type == EVENT_INTERRUPT) {
        interrupt_put_back(cpu, vtl, pending->vector);
    } else if (pending->type == EVENT_NMI) {
        atomic_fetch_or(&cpu->public.requests, REQUEST_NMI);
    }
    *pending = (struct event){ .type = EVENT_NONE };
}

static bool is_contributory(uint8_t vector)
{
    return vector == 0 || (vector >= 10 && vector <= 13);
}

/* APM vol. 2, "#DF-Double-Fault Exception (Vector 8)": an exception raised while another was being delivered. */
static bool makes_double_fault(const struct event *first, const struct event *second)
{
    return first->broken_off && first->type == EVENT_EXCEPTION && (is_contributory(first->vector) || first->vector == VECTOR_PF)
        && (is_contributory(second->vector) || second->vector == VECTOR_PF);
}

void inject_exception(struct cpu *cpu, enum vtl vtl, struct event event)
{
    struct event *pending = &cpu->vtl[vtl].pending;

    if (pending->broken_off && pending->type == EVENT_EXCEPTION && pending->vector == VECTOR_DF) {
        handle_shutdown(cpu);
    } else if (makes_double_fault(pending, &event)) {
        event = (struct event){ .type = EVENT_EXCEPTION, .vector = VECTOR_DF, .has_error_code = true };
    }
    event_put_behind(cpu, vtl);
    *pending = event;
}

void inject_ud(struct cpu *cpu)
{
    inject_exception(cpu, cpu->active, (struct event){ .type = EVENT_EXCEPTION, .vector = VECTOR_UD });
}

void inject_gp(struct cpu *cpu)
{
    inject_exception(cpu, cpu->active, (struct event){ .type = EVENT_EXCEPTION, .vector = VECTOR_GP, .has_error_code = true });
}
