/*
 * HvCallStartVirtualProcessor (TLFS, "Starting Virtual Processors"): INIT and
 * start-up in one, into a state of the caller's choice. As with INIT, a
 * processor that runs is taken from what it does; what runs in VTL1 is not.
 */
#include <hv/apic.h>
#include <hv/cpu_call.h>
#include <hv/hypercall_input.h>
#include <hv/hypercalls.h>
#include <hv/partition.h>
#include <hv/vendor.h>
#include <hv/vp_context.h>
#include <hv/vtl.h>

/* On the target: it starts when VTL0 runs there next, and a start-up interrupt that came before is void. */
static void leave_start(struct cpu *cpu, void *argument)
{
    const struct start *start = argument;

    cpu->start = *start;
    atomic_fetch_and(&cpu->public.requests, ~REQUEST_SIPI);
    atomic_fetch_or(&cpu->public.requests, REQUEST_START);
}

static bool vtl1_is_fresh(const struct cpu *cpu)
{
    return cpu->vtl[VTL1].enabled && !cpu->vtl[VTL1].entered;
}

void vp_start(struct cpu *cpu)
{
    if (cpu->start.vtl == VTL0) {
        vp_init(cpu);
        vendor->vtl_start(cpu, VTL0, &cpu->start.context);
        cpu->waiting_for_sipi = false;
    } else if (vtl1_is_fresh(cpu)) {
        vendor->vtl_start(cpu, VTL1, &cpu->start.context);
    }
    /* A VTL1 that has not run yet goes first; VTL0 follows at its return. */
    if (vtl1_is_fresh(cpu)) {
        vtl_enter_by_call(cpu);
    }
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
    struct start start = { .vtl = (enum vtl)input->target_vtl, .context = input->context };
    uint16_t status;

    if (input->partition_id != HV_PARTITION_ID_SELF) {
        return HV_STATUS_INVALID_PARTITION_ID;
    }
    if (input->vp_index == cpu->vp_index || input->vp_index >= partition.boot.processor_count || cpus[input->vp_index] == NULL) {
        return HV_STATUS_INVALID_VP_INDEX;
    }
    if (input->target_vtl > VTL1 || !input_is_zero(input->reserved, sizeof(input->reserved))) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    status = check_target(cpu, cpus[input->vp_index], start.vtl);
    if (status == HV_STATUS_SUCCESS && !vp_context_prepare(&start.context)) {
        status = HV_STATUS_INVALID_REGISTER_VALUE;
    }
    if (status == HV_STATUS_SUCCESS) {
        cpu_call(cpu, cpus[input->vp_index], leave_start, &start);
    }
    return status;
}
