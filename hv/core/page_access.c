/* HvCallCheckSparseGpaPageVtlAccess: whether a VTL has the rights that are asked for, and who denies them. */
#include <hv/hypercall_input.h>
#include <hv/hypercalls.h>
#include <hv/partition.h>

uint16_t call_check_access(const struct cpu *cpu, const struct hv_input_check_access *input, uint64_t page, uint64_t *out)
{
    unsigned denied;
    enum vtl target;

    *out = 0;
    if (!input_vtl(cpu, input->input_vtl, &target)
        || input->access == 0 || (input->access & ~HV_MAP_GPA_ALL) != 0 || page >= UINT64_C(1) << 36
        || !partition_is_ram(gpa(page << 12))) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    spin_lock(&partition.slat_lock);
    denied = input->access & ~slat_get_rights(&partition.slat[target], gpa(page << 12));
    spin_unlock(&partition.slat_lock);
    if (denied != 0) {
        *out = HV_CHECK_ACCESS_INTERCEPT | (uint64_t)denied << 8 | (uint64_t)VTL1 << 16;
    }
    return HV_STATUS_SUCCESS;
}
