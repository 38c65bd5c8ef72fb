/*
 * Inter-processor interrupts that would take a processor away from the
 * hypervisor: after INIT and start-up it must be under it again, with its
 * VTL1, and nothing of VTL1's may have come loose.
 */
#include "attack_internal.h"

#include <vtl0/apic.h>
#include <vtl0/clock.h>
#include <vtl0/interrupts.h>
#include <vtl0/processor.h>
#include <vtl0/secure_call.h>
#include <vtl0/smp.h>
#include <vtl0/vsm.h>
#include <vtl0/x86.h>

#define VICTIM          1u
#define START_US        5000000u
#define BUSY_CALLS      100000u
#define BUSY_ROUNDS     16u
#define BUSY_STEP_US    37u
#define INTERFACE_LEAF  0x40000001u
#define INTERFACE_HV1   0x31237648u

/* What the victim finds out about itself. */
struct witness {
    volatile bool started;
    bool hypervisor;  /* CPUID says so */
    bool no_svm;      /* VMRUN is #UD */
    bool secure_call; /* answered, or there is no VTL1 */
    volatile uint64_t calls;
};

static struct witness witness;

static void look_around(void *argument)
{
    struct witness *self = argument;
    struct probe probe = { .code = (uint64_t)(uintptr_t)probe_vmrun };
    struct secure_info info;

    self->hypervisor = cpuid(INTERFACE_LEAF, 0).eax == INTERFACE_HV1;
    probe_call(&probe);
    self->no_svm = probe.caught != 0 && probe.vector == VECTOR_UD;
    self->secure_call = vsm_state() != VSM_READY || secure_get_info(&info);
}

static void keep_calling(void *argument)
{
    struct witness *self = argument;
    struct secure_info info;

    for (unsigned i = 0; i < BUSY_CALLS; i++) {
        self->calls += vsm_state() == VSM_READY && secure_get_info(&info);
        self->started = true;
    }
}

static bool need_second_processor(struct attack_result *result)
{
    if (processor_count() > VICTIM && processor_at(VICTIM)->online) {
        return true;
    }
    result->outcome = OUTCOME_SKIPPED;
    attack_detail(result, "needs-two-processors");
    return false;
}

/* The victim must answer and be where it belongs. */
static void judge_victim(uint32_t index, bool restarted, struct attack_result *result)
{
    bool answered;

    witness = (struct witness){ 0 };
    answered = restarted && smp_call(index, look_around, &witness);
    result->rip_advanced = true;
    result->outcome = OUTCOME_WRONG;
    if (answered && witness.hypervisor && witness.no_svm && witness.secure_call) {
        result->outcome = OUTCOME_OK;
    }
    attack_detail(result, "processor=%u,restarted=%d,answers=%d,hypervisor=%d,vmrun-ud=%d,secure-call=%d", index,
                  restarted, answered, witness.hypervisor, witness.no_svm, witness.secure_call);
}

void attack_init(const struct attack *attack, struct attack_result *result)
{
    (void)attack;
    if (need_second_processor(result)) {
        judge_victim(VICTIM, smp_restart(VICTIM), result);
    }
}

void attack_init_all(const struct attack *attack, struct attack_result *result)
{
    (void)attack;
    if (!need_second_processor(result)) {
        return;
    }
    apic_send_init_all_others();
    for (uint32_t i = 1; i < processor_count(); i++) {
        judge_victim(i, smp_restart(i), result);
        if (result->outcome != OUTCOME_OK) {
            return;
        }
    }
}

/* INIT while the victim is in and out of VTL1 all the time; each round hits it somewhere else. */
void attack_init_busy(const struct attack *attack, struct attack_result *result)
{
    uint64_t hit = 0;

    (void)attack;
    if (!need_second_processor(result)) {
        return;
    }
    for (unsigned round = 0; round < BUSY_ROUNDS; round++) {
        bool restarted;

        witness = (struct witness){ 0 };
        smp_call_begin(VICTIM, keep_calling, &witness);
        clock_wait_for(&witness.started, START_US);
        clock_delay(round * BUSY_STEP_US);
        restarted = smp_restart(VICTIM);
        hit += witness.started && witness.calls < BUSY_CALLS;
        judge_victim(VICTIM, restarted, result);
        if (result->outcome != OUTCOME_OK) {
            return;
        }
    }
    result->outcome = hit == BUSY_ROUNDS ? OUTCOME_OK : OUTCOME_WRONG;
    attack_detail(result, "rounds=%u,hit-while-calling=%lu", BUSY_ROUNDS, hit);
}

/* A start-up interrupt without INIT before it does nothing to a running processor. */
void attack_stray_startup(const struct attack *attack, struct attack_result *result)
{
    (void)attack;
    if (!need_second_processor(result)) {
        return;
    }
    apic_send_startup(processor_at(VICTIM)->apic_id, 0x10);
    judge_victim(VICTIM, true, result);
}

static void wait_for_nmi(uint64_t before)
{
    uint64_t end = clock_microseconds() + START_US;

    while (interrupts_nmi_count() == before && clock_microseconds() < end) {
        cpu_relax();
    }
}

/* An NMI reaches VTL0 exactly once and VTL1 never. */
void attack_nmi(const struct attack *attack, struct attack_result *result)
{
    uint64_t before = interrupts_nmi_count();

    (void)attack;
    if (!need_second_processor(result)) {
        return;
    }
    apic_send_nmi(processor_at(VICTIM)->apic_id);
    wait_for_nmi(before);
    judge_victim(VICTIM, true, result);
    if (interrupts_nmi_count() != before + 1) {
        result->outcome = OUTCOME_WRONG;
        attack_detail(result, "nmis=%lu", interrupts_nmi_count() - before);
    }
}
