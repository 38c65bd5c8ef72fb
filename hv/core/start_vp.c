/*
 * HvCallStartVirtualProcessor (TLFS, "Starting Virtual Processors"): INIT and
 * start-up in one, into a state of the caller's choice. As with INIT, a
 * processor that runs is taken from what it does; what runs in VTL1 is not.
 */
#include <hv/apic.h>
#include <hv/cpu_call.h>
#include <hv/hypercalls.h>
#include <hv/partition.h>
#include <hv/shootdown.h>
#include <hv/vendor.h>
#include <hv/vp_context.h>
#include <hv/vtl.h>

static bool vtl1_is_fresh(const struct cpu *cpu)
{
    return cpu->vtl[VTL1].enabled && !cpu->vtl[VTL1].entered;
}

/* It starts when VTL0 runs there next, and a start-up interrupt that came before is void. */
static void leave_start(struct cpu *target, const struct hv_initial_vp_context *context)
{
    spin_lock(&target->start.lock);
    target->start.context = *context;
    target->start.is_left = true;
    spin_unlock(&target->start.lock);
    atomic_fetch_and(&target->public.requests, ~REQUEST_SIPI);
    cpu_request(target, REQUEST_START);
}

static bool take_start(struct cpu *cpu, struct hv_initial_vp_context *context)
{
    bool is_left;

    spin_lock(&cpu->start.lock);
    is_left = cpu->start.is_left;
    *context = cpu->start.context;
    cpu->start.is_left = false;
    spin_unlock(&cpu->start.lock);
    return is_left;
}

struct vtl1_start {
    const struct hv_initial_vp_context *context;
    uint16_t status;
};

/* On the target: VTL0 may have entered VTL1 there meanwhile. */
static void start_vtl1(struct cpu *cpu, void *argument)
{
    struct vtl1_start *start = argument;

    if (!vtl1_is_fresh(cpu)) {
        start->status = HV_STATUS_INVALID_VP_STATE;
        return;
    }
    vendor->vtl_start(cpu, VTL1, start->context);
    atomic_fetch_or(&cpu->public.requests, REQUEST_START);
}

void vp_start(struct cpu *cpu)
{
    struct hv_initial_vp_context context;

    if (take_start(cpu, &context)) {
        vp_init(cpu);
        vendor->vtl_start(cpu, VTL0, &context);
        cpu->waiting_for_sipi = false;
    }
    /* A VTL1 that has not run yet goes first; VTL0 follows at its return. */
    if (vtl1_is_fresh(cpu)) {
        vtl_enter_by_call(cpu);
    }
}

static uint16_t start(struct cpu *cpu, struct cpu *target, enum vtl vtl, const struct hv_initial_vp_context *context)
{
    struct vtl1_start vtl1 = { .context = context };

    if (vtl == VTL0) {
        leave_start(target, context);
    } else {
        cpu_call(cpu, target, start_vtl1, &vtl1);
    }
    return vtl1.status;
}

static uint16_t check_target(const struct cpu *cpu, const struct cpu *target, enum vtl vtl)
{
    if (vtl > cpu->active || (cpu->active == VTL0 && partition_denies_startup())) {
        return HV_STATUS_ACCESS_DENIED;
    }
    return vtl == VTL1 && !vtl1_is_fresh(target) ? HV_STATUS_INVALID_VP_STATE : HV_STATUS_SUCCESS;
}

uint16_t call_start_vp(struct cpu *cpu, const struct hv_input_enable_vp_vtl *input)
{
    struct hv_initial_vp_context context = input->context;
    uint16_t status;

    if (input->vp_index == cpu->vp_index || input->vp_index >= partition.boot.processor_count || cpus[input->vp_index] == NULL) {
        return HV_STATUS_INVALID_VP_INDEX;
    }
    if (input->target_vtl > VTL1) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    status = check_target(cpu, cpus[input->vp_index], (enum vtl)input->target_vtl);
    if (status == HV_STATUS_SUCCESS && !vp_context_prepare(&context)) {
        status = HV_STATUS_INVALID_REGISTER_VALUE;
    }
    if (status == HV_STATUS_SUCCESS) {
        status = start(cpu, cpus[input->vp_index], (enum vtl)input->target_vtl, &context);
    }
    return status;
}
