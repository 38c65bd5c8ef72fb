#include <hv/cpu_call.h>

#include <hv/reset.h>
#include <hv/shootdown.h>

void cpu_serve(struct cpu *self)
{
    struct cpu_work *work;

    if ((atomic_load(&self->public.requests) & REQUEST_PARK) != 0) {
        processor_park(self);
    }
    /* The request first: work left behind the exchange makes a new one. */
    atomic_fetch_and(&self->public.requests, ~REQUEST_WORK);
    work = atomic_exchange(&self->public.work, NULL);
    if (work != NULL) {
        work->run(self, work->argument);
        atomic_store(&work->done, true);
    }
}

static void serve_and_pause(struct cpu *self)
{
    cpu_serve(self);
    __builtin_ia32_pause();
}

void cpu_call(struct cpu *self, struct cpu *target, void (*run)(struct cpu *, void *), void *argument)
{
    struct cpu_work work = { .run = run, .argument = argument };
    struct cpu_work *none = NULL;

    if (target == self) {
        run(self, argument);
        return;
    }
    while (!atomic_compare_exchange_strong(&target->public.work, &none, &work)) {
        none = NULL; /* another processor's work is before ours */
        serve_and_pause(self);
    }
    cpu_request(target, REQUEST_WORK);
    while (!atomic_load(&work.done)) {
        serve_and_pause(self);
    }
}
