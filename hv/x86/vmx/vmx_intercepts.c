/*
 * Register intercepts (SDM vol. 3C, "Guest/Host Masks and Read Shadows for CR0
 * and CR4", "Secondary Processor-Based VM-Execution Controls"): a write of CR0
 * or CR4 exits where it changes a bit of a mask, and those of VTL1's masks are
 * among them. Descriptor-table exiting is one control for four registers,
 * loads and stores.
 */
#include "vmx.h"

#include <hv/x86.h>

#include <lib/string.h>

uint32_t vmx_interceptable(void)
{
    bool tables = (rdmsr(MSR_VMX_SECONDARY) >> 32 & SECONDARY_TABLES) != 0;

    return HV_CR_INTERCEPT_XCR0_WRITE | (tables ? TABLE_INTERCEPTS : 0);
}

/* The shadows get what the VTL reads now: a bit that was not in a mask has its value in the register. */
void vmx_own_control_bits(const struct vmx_vtl *state)
{
    uint64_t cr0 = (vmread(VMCS_GUEST_CR0) & ~CR0_OWNED) | (vmread(VMCS_CR0_SHADOW) & CR0_OWNED);

    vmwrite(VMCS_CR0_MASK, CR0_OWNED | (state->mode_based_execution ? CR0_PG : 0) | state->intercepts.cr0_mask);
    vmwrite(VMCS_CR0_SHADOW, cr0);
    vmwrite(VMCS_CR4_MASK, CR4_VMXE | (state->mode_based_execution ? CR4_SMEP : 0) | state->intercepts.cr4_mask);
    vmwrite(VMCS_CR4_SHADOW, vmread(VMCS_GUEST_CR4) & ~CR4_VMXE);
}

void vmx_apply_intercepts(const struct cpu *cpu, struct vmx_vtl *state)
{
    union register_intercepts now = intercepts_in_force(cpu);
    uint64_t secondary;

    if (memcmp(&now, &state->intercepts, sizeof(now)) == 0) {
        return;
    }
    state->intercepts = now;
    vmx_own_control_bits(state);
    secondary = vmread(VMCS_SECONDARY) & ~(uint64_t)SECONDARY_TABLES;
    vmwrite(VMCS_SECONDARY, (now.control & TABLE_INTERCEPTS) != 0 ? secondary | SECONDARY_TABLES : secondary);
    vmwrite(VMCS_MSR_MAP, vmx_msr_map(msr_map_of(now.control)).value);
}
