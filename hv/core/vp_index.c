/* HvCallGetVpIndexFromApicId (vsm-abi.md 4.7). */
#include <hv/hypercalls.h>
#include <hv/partition.h>

static uint16_t check(const struct cpu *cpu, const struct hv_input_get_vp_index_from_apic_id *input)
{
    if (input->target_vtl > VTL1) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    if (input->target_vtl > cpu->active) {
        return HV_STATUS_ACCESS_DENIED;
    }
    return HV_STATUS_SUCCESS;
}

/* A processor has one APIC id, whichever VTL asks. */
uint16_t call_get_vp_index(const struct cpu *cpu, const struct hv_input_get_vp_index_from_apic_id *input, uint32_t apic_id,
                           uint32_t *out)
{
    uint16_t status = check(cpu, input);

    *out = 0;
    for (uint32_t i = 0; status == HV_STATUS_SUCCESS && i < partition.boot.processor_count; i++) {
        if (partition.boot.apic_ids[i] == apic_id) {
            *out = i;
            return HV_STATUS_SUCCESS;
        }
    }
    return status == HV_STATUS_SUCCESS ? HV_STATUS_INVALID_PARAMETER : status;
}
