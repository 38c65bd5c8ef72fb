/* HvCallEnablePartitionVtl and HvCallEnableVpVtl (TLFS, "VTL Enablement"). */
#include <hv/hypercall_input.h>
#include <hv/hypercalls.h>
#include <hv/log.h>
#include <hv/partition.h>
#include <hv/register_rules.h>
#include <hv/vendor.h>
#include <hv/vtl.h>
#include <hv/x86.h>

/* Mode-based execute control is offered where the processors have it. */
static uint8_t legal_flags(void)
{
    return partition.slat[VTL0].format->mode_based ? HV_ENABLE_MBEC : 0;
}

uint16_t call_enable_partition_vtl(struct cpu *cpu, const struct hv_input_enable_partition_vtl *input)
{
    (void)cpu;
    if (input->partition_id != HV_PARTITION_ID_SELF) {
        return HV_STATUS_INVALID_PARTITION_ID;
    }
    if (input->target_vtl != VTL1 || (input->flags & ~legal_flags()) != 0 || !input_is_zero(input->reserved, sizeof(input->reserved))) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    if (atomic_exchange(&partition.vtl1_claimed, true)) {
        return HV_STATUS_INVALID_VTL_STATE;
    }
    partition.mode_based_execution = (input->flags & HV_ENABLE_MBEC) != 0;
    atomic_store(&partition.vtl1_enabled, true);
    hv_log(LOG_INFO, "VTL1 is enabled for the partition");
    return HV_STATUS_SUCCESS;
}

/*
 * What the processor would refuse at entry, refused here. VTL1 starts in
 * 64-bit mode: in 32-bit protected mode PAE's table entries would have to be
 * checked and, for VMX, loaded into the VMCS.
 */
static bool context_usable(const struct hv_initial_vp_context *c)
{
    uint64_t cr0_needed = CR0_PE | CR0_PG;
    uint64_t efer_needed = EFER_LME | EFER_LMA;

    return (c->cr0 & cr0_needed) == cr0_needed && c->cr0 <= UINT32_MAX && (c->cr0 & (CR0_NW | CR0_CD)) != CR0_NW
        && (c->cr4 & CR4_PAE) != 0 && c->cr4 < 1u << 24
        && (c->efer & efer_needed) == efer_needed && (c->efer & ~(efer_needed | EFER_SCE | EFER_NXE)) == 0
        && (c->cs.attributes & 0x6000) == 0x2000 && rule_canonical(c->rip) && rule_canonical(c->rsp) && rule_canonical(c->gdtr.base)
        && rule_canonical(c->idtr.base) && (c->cr3 >> 52) == 0;
}

/* The first VTL1 is VTL0's loader's to start, on its own processor; from then on only VTL1 brings VTL1 up. */
static uint16_t check_right(const struct cpu *cpu, const struct cpu *target)
{
    if (!atomic_load(&partition.vtl1_enabled)) {
        return HV_STATUS_INVALID_VTL_STATE;
    }
    if (cpu->active == VTL0 && (target != cpu || atomic_load(&partition.vtl1_on_any_vp))) {
        return HV_STATUS_ACCESS_DENIED;
    }
    return target->vtl[VTL1].enabled ? HV_STATUS_VTL_ALREADY_ENABLED : HV_STATUS_SUCCESS;
}

uint16_t call_enable_vp_vtl(struct cpu *cpu, const struct hv_input_enable_vp_vtl *input)
{
    uint32_t index = input_vp_index(cpu, input->vp_index);
    struct cpu *target;
    uint16_t status;

    if (input->partition_id != HV_PARTITION_ID_SELF) {
        return HV_STATUS_INVALID_PARTITION_ID;
    }
    if (index >= partition.boot.processor_count || cpus[index] == NULL) {
        return HV_STATUS_INVALID_VP_INDEX;
    }
    if (input->target_vtl != VTL1 || !input_is_zero(input->reserved, sizeof(input->reserved))) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    target = cpus[index];
    status = check_right(cpu, target);
    if (status != HV_STATUS_SUCCESS) {
        return status;
    }
    if (!context_usable(&input->context)) {
        return HV_STATUS_INVALID_REGISTER_VALUE;
    }
    if (atomic_exchange(&partition.vtl1_on_any_vp, true) && cpu->active == VTL0) {
        return HV_STATUS_ACCESS_DENIED; /* two processors of VTL0 at once: one is the first */
    }
    vtl_state_reset(&target->vtl[VTL1]);
    vendor->vtl_start(target, VTL1, &input->context);
    atomic_thread_fence(memory_order_seq_cst);
    target->vtl[VTL1].enabled = true;
    return HV_STATUS_SUCCESS;
}
