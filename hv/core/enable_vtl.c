/* HvCallEnablePartitionVtl and HvCallEnableVpVtl (TLFS, "VTL Enablement"). */
#include <hv/cpu_call.h>
#include <hv/hypercall_input.h>
#include <hv/hypercalls.h>
#include <hv/log.h>
#include <hv/mutant.h>
#include <hv/partition.h>
#include <hv/vendor.h>
#include <hv/vp_context.h>
#include <hv/vtl.h>

/* Mode-based execute control is offered where the processors have it. */
static uint8_t legal_flags(void)
{
    return partition.slat[VTL0].format->mode_based ? HV_ENABLE_MBEC : 0;
}

uint16_t call_enable_partition_vtl(struct cpu *cpu, const struct hv_input_enable_partition_vtl *input)
{
    (void)cpu;
    if ((input->target_vtl != VTL1 && !mutant_is(MUTANT_PARTITION_VTL_AGAIN)) || (input->flags & ~legal_flags()) != 0) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    if (partition.boot.vsm_offered == 0) {
        return HV_STATUS_ACCESS_DENIED;
    }
    if (atomic_exchange(&partition.vtl1_claimed, true) && !mutant_is(MUTANT_PARTITION_VTL_AGAIN)) {
        return HV_STATUS_INVALID_VTL_STATE;
    }
    partition.mode_based_execution = (input->flags & HV_ENABLE_MBEC) != 0;
    atomic_store(&partition.vtl1_enabled, true);
    hv_log(LOG_INFO, "VTL1 is enabled for the partition");
    return HV_STATUS_SUCCESS;
}

/* The first VTL1 is VTL0's loader's to start, on its own processor; from then on only VTL1 brings VTL1 up. */
static uint16_t check_right(const struct cpu *cpu, const struct cpu *target)
{
    if (!atomic_load(&partition.vtl1_enabled)) {
        return HV_STATUS_INVALID_VTL_STATE;
    }
    if (mutant_is(MUTANT_VP_VTL_AGAIN)) {
        return HV_STATUS_SUCCESS;
    }
    if (cpu->active == VTL0 && (target != cpu || atomic_load(&partition.vtl1_on_any_vp))) {
        return HV_STATUS_ACCESS_DENIED;
    }
    return target->vtl[VTL1].enabled ? HV_STATUS_VTL_ALREADY_ENABLED : HV_STATUS_SUCCESS;
}

struct enabling {
    const struct hv_initial_vp_context *context;
    uint16_t status;
};

/* On the target: of two who enable it at once, one does. */
static void enable(struct cpu *cpu, void *argument)
{
    struct enabling *enabling = argument;

    if (cpu->vtl[VTL1].enabled && !mutant_is(MUTANT_VP_VTL_AGAIN)) {
        enabling->status = HV_STATUS_VTL_ALREADY_ENABLED;
        return;
    }
    vtl_state_reset(&cpu->vtl[VTL1]);
    vendor->vtl_start(cpu, VTL1, enabling->context);
    cpu->vtl[VTL1].enabled = true;
}

uint16_t call_enable_vp_vtl(struct cpu *cpu, const struct hv_input_enable_vp_vtl *input)
{
    uint32_t index = input_vp_index(cpu, input->vp_index);
    struct hv_initial_vp_context context = input->context;
    struct enabling enabling = { .context = &context };

    if (index >= partition.boot.processor_count || cpus[index] == NULL) {
        return HV_STATUS_INVALID_VP_INDEX;
    }
    if (input->target_vtl != VTL1) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    enabling.status = check_right(cpu, cpus[index]);
    if (enabling.status != HV_STATUS_SUCCESS) {
        return enabling.status;
    }
    if (!vp_context_prepare(&context)) {
        return HV_STATUS_INVALID_REGISTER_VALUE;
    }
    if (atomic_exchange(&partition.vtl1_on_any_vp, true) && cpu->active == VTL0 && !mutant_is(MUTANT_VP_VTL_AGAIN)) {
        return HV_STATUS_ACCESS_DENIED; /* two processors of VTL0 at once: one is the first */
    }
    cpu_call(cpu, cpus[index], enable, &enabling);
    return enabling.status;
}
