#include <hv/shootdown.h>

#include <hv/apic.h>
#include <hv/log.h>
#include <hv/mutant.h>
#include <hv/partition.h>
#include <hv/vendor.h>

/*
 * At most one kick is on its way to a processor, so that an NMI without one is
 * from outside. Whoever finds one on its way relies on it: it has not been
 * taken, and what it makes the target look at has been left before.
 */
void cpu_kick(struct cpu *self, struct cpu *target)
{
    if (atomic_exchange(&target->public.kicks, 1) == 0) {
        apic_send_nmi(self, target->public.apic_id);
    }
}

/* Sent by the running processor; NMIs reach it whatever VTL0's IF says. */
void cpu_request(struct cpu *target, uint32_t request)
{
    uint32_t running;

    atomic_fetch_or(&target->public.requests, request);
    running = atomic_load(&target->public.running);
    if (running == RUN_VTL1 && (request & REQUESTS_OF_VTL1) == 0) {
        return; /* looked at before VTL0 runs */
    }
    if (target != this_cpu() && running != RUN_HOST) {
        cpu_kick(this_cpu(), target);
    }
}

static bool still_stale(const struct cpu *cpu, uint64_t epoch)
{
    return atomic_load(&cpu->public.running) == RUN_VTL0 && atomic_load(&cpu->public.seen_epoch) < epoch;
}

void shootdown_vtl0(struct cpu *self)
{
    uint64_t epoch = atomic_fetch_add(&partition.slat_epoch, 1) + 1;

    hv_log(LOG_DEBUG, "shoot-down by processor %u, epoch %lu", self->vp_index, epoch);
    if (mutant_is(MUTANT_NO_SHOOTDOWN)) {
        return;
    }
    for (uint32_t i = 0; i < partition.boot.processor_count; i++) {
        if (cpus[i] != NULL && cpus[i] != self && still_stale(cpus[i], epoch)) {
            cpu_kick(self, cpus[i]);
        }
    }
    for (uint32_t i = 0; i < partition.boot.processor_count; i++) {
        while (cpus[i] != NULL && cpus[i] != self && still_stale(cpus[i], epoch)) {
            __builtin_ia32_pause();
        }
    }
}

static bool uses_stale(const struct cpu *cpu, enum vtl vtl, uint64_t wanted)
{
    return atomic_load(&cpu->public.running) == (vtl == VTL0 ? RUN_VTL0 : RUN_VTL1)
        && atomic_load(&cpu->public.flushes_done[vtl]) < wanted;
}

void flush_processors(struct cpu *self, enum vtl vtl, uint64_t processors)
{
    uint64_t wanted[HV_MAX_PROCESSORS] = { 0 };

    if (mutant_is(MUTANT_NO_SHOOTDOWN)) {
        return;
    }
    for (uint32_t i = 0; i < partition.boot.processor_count; i++) {
        if ((processors >> i & 1) == 0 || cpus[i] == NULL) {
            continue;
        }
        wanted[i] = atomic_fetch_add(&cpus[i]->public.flushes_asked[vtl], 1) + 1;
        if (uses_stale(cpus[i], vtl, wanted[i])) {
            cpu_kick(self, cpus[i]);
        }
    }
    for (uint32_t i = 0; i < partition.boot.processor_count; i++) {
        while (wanted[i] != 0 && uses_stale(cpus[i], vtl, wanted[i])) {
            __builtin_ia32_pause();
        }
    }
}

void flush_if_asked(struct cpu *cpu)
{
    uint64_t asked = atomic_load(&cpu->public.flushes_asked[cpu->active]);

    if (atomic_load(&cpu->public.flushes_done[cpu->active]) != asked) {
        vendor->flush(cpu, cpu->active);
        atomic_store(&cpu->public.flushes_done[cpu->active], asked);
    }
}
