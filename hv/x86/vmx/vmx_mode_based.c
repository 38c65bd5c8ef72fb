/*
 * Mode-based execute control (SDM vol. 3C, "Secondary Processor-Based
 * VM-Execution Controls"). VTL1 switches it on for VTL0 of its own processor.
 *
 * Which addresses are user-mode ones VTL0's page tables say, and without
 * paging all are: what keeps ring 0 out of pages for user mode is SMEP. So the
 * control is set only while VTL0 has paging and SMEP on; without it KX governs
 * all execution, which is the rule for SMEP off (vsm-abi.md 6.5). Meanwhile
 * both bits are the hypervisor's, so that clearing one exits first.
 *
 * No emulator here has the control: unproven.
 */
#include "vmx.h"

#include <hv/x86.h>

static void set_control(struct vmx_vtl *state, bool on)
{
    vmwrite(VMCS_SECONDARY, on ? vmread(VMCS_SECONDARY) | SECONDARY_MBEC : vmread(VMCS_SECONDARY) & ~(uint64_t)SECONDARY_MBEC);
    state->mode_based_execution = on;
    vmx_own_control_bits(state);
    state->flush = true;
}

void vmx_apply_mode_based_execution(const struct cpu *cpu, struct vmx_vtl *state)
{
    bool wanted = cpu->vtl[cpu->active].mode_based_execution && !state->mode_based_let_go
        && (vmread(VMCS_GUEST_CR0) & CR0_PG) != 0 && (vmread(VMCS_GUEST_CR4) & CR4_SMEP) != 0;

    state->mode_based_let_go = false;
    if (state->mode_based_execution != wanted) {
        set_control(state, wanted);
    }
}

bool vmx_leaves_mode_based_execution(const struct cpu *cpu, unsigned number, uint64_t value)
{
    struct vmx_vtl *state = vmx_vtl(cpu, cpu->active);
    bool leaves = (number == 0 && (value & CR0_PG) == 0) || (number == 4 && (value & CR4_SMEP) == 0);

    if (!state->mode_based_execution || !leaves) {
        return false;
    }
    set_control(state, false);
    state->mode_based_let_go = true;
    return true;
}
