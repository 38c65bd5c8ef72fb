/* HvCallModifyVtlProtectionMask: VTL1 decides what VTL0 may do with a page (TLFS, "Memory Access Protections"). */
#include <hv/hypercall_input.h>
#include <hv/hypercalls.h>
#include <hv/mutant.h>
#include <hv/overlay.h>
#include <hv/partition.h>
#include <hv/protection.h>
#include <hv/tpm_page.h>

_Static_assert(SLAT_R == HV_MAP_GPA_READABLE && SLAT_W == HV_MAP_GPA_WRITABLE && SLAT_RWX == HV_MAP_GPA_ALL, "rights are map flags");

/* Legal masks (vsm-abi.md 4.1): without mode-based execution kernel and user execute go together. */
bool protection_rights(uint32_t flags, unsigned *rights)
{
    *rights = flags;
    switch (flags) {
    case SLAT_NONE:
    case SLAT_R:
    case SLAT_RW:
    case SLAT_RX:
    case SLAT_RWX: return true;
    case SLAT_R | SLAT_UX:
    case SLAT_RW | SLAT_UX: return partition.mode_based_execution;
    default: return false;
    }
}

/* A switched-off protection leaves VTL0 what it would have lost. */
static unsigned effective_rights(unsigned rights)
{
    if (mutant_is(MUTANT_VTL1_READABLE)) {
        rights |= SLAT_R;
    }
    if (mutant_is(MUTANT_VTL1_WRITABLE)) {
        rights |= SLAT_RW;
    }
    if (mutant_is(MUTANT_VTL1_EXECUTABLE)) {
        rights |= SLAT_RX;
    }
    return rights;
}

static uint16_t check(struct cpu *cpu, const struct hv_input_modify_vtl_protection_mask *input, unsigned *rights)
{
    enum vtl target;

    /* C1: unset, explicit 1 and explicit 0 all mean VTL1's mask over VTL0. */
    if (!input_vtl(cpu, input->input_vtl, &target)) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    if (!atomic_load(&partition.vtl1_enabled)) {
        return HV_STATUS_INVALID_VTL_STATE;
    }
    if ((partition.vsm_config & HV_VSM_CONFIG_ENABLE_VTL_PROTECTION) == 0 && !mutant_is(MUTANT_NO_VTL_CHECK)) {
        return HV_STATUS_ACCESS_DENIED;
    }
    return protection_rights(input->map_flags, rights) ? HV_STATUS_SUCCESS : HV_STATUS_INVALID_REGISTER_VALUE;
}

uint16_t call_modify_protection(struct cpu *cpu, const struct hv_input_modify_vtl_protection_mask *input, uint64_t page)
{
    unsigned rights;
    uint16_t status = check(cpu, input, &rights);
    gpa_t address = gpa(page << 12);
    bool changed;

    if (status != HV_STATUS_SUCCESS) {
        return status;
    }
    if (page >= UINT64_C(1) << 36 || (!partition_is_ram(address) && !tpm_page_is(address))) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    spin_lock(&partition.slat_lock);
    overlay_claim(address);
    changed = slat_set_rights(&partition.slat[VTL0], address, effective_rights(rights));
    spin_unlock(&partition.slat_lock);
    return changed ? HV_STATUS_SUCCESS : HV_STATUS_OPERATION_DENIED;
}
