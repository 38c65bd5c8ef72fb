#include <hv/inject.h>

/*
 * The exception is delivered first; an interrupt or NMI whose delivery it
 * broke off follows (once). A broken-off exception is dropped: its
 * instruction has not retired and raises it again.
 */
static void inject_exception(struct cpu *cpu, struct event event)
{
    struct vtl_state *state = &cpu->vtl[cpu->active];

    if (state->pending.type == EVENT_INTERRUPT || state->pending.type == EVENT_NMI) {
        state->deferred = state->pending;
    }
    state->pending = event;
}

void inject_ud(struct cpu *cpu)
{
    inject_exception(cpu, (struct event){ .type = EVENT_EXCEPTION, .vector = VECTOR_UD });
}

void inject_gp(struct cpu *cpu)
{
    inject_exception(cpu, (struct event){ .type = EVENT_EXCEPTION, .vector = VECTOR_GP, .has_error_code = true });
}
