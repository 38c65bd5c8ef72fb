/* Writes of CR0 and CR4 that a back end does not leave to the processor: VTL1 asked for some of them (vsm-abi.md 5.4). */
#include <hv/handlers.h>
#include <hv/inject.h>
#include <hv/instruction.h>
#include <hv/intercept_message.h>
#include <hv/operand.h>
#include <hv/register_intercepts.h>
#include <hv/register_rules.h>
#include <hv/vendor.h>
#include <hv/x86.h>

#define MACHINE_STATUS UINT64_C(0xF) /* PE MP EM TS: what LMSW loads; it does not clear PE */

/* What the instruction writes. False: it is no such instruction any more, or it faults. */
static bool written_value(struct cpu *cpu, const struct insn *insn, uint64_t *value)
{
    uint64_t old = vendor->get(cpu, cpu->active, VREG_CR0);
    uint16_t status;

    if (insn->kind == INSN_MOV_TO_CR && insn->control == cpu->exit.control_register) {
        *value = cpu_gpr(cpu, insn->reg);
        *value = instruction_mode(cpu) == INSN_MODE_64 ? *value : (uint32_t)*value;
        return true;
    }
    if (cpu->exit.control_register != 0) {
        return false;
    }
    if (insn->kind == INSN_CLTS) {
        *value = old & ~CR0_TS;
        return true;
    }
    if (insn->kind != INSN_LMSW || !operand_word(cpu, insn, &status)) {
        return false;
    }
    *value = (old & (~MACHINE_STATUS | CR0_PE)) | (status & MACHINE_STATUS);
    return true;
}

/* As the processor: long mode comes and goes with paging ("Long-Mode Activation" in APM vol. 2). */
static void load_cr0(struct cpu *cpu, uint64_t value)
{
    uint64_t efer = vendor->get(cpu, cpu->active, VREG_EFER) & ~EFER_LMA;
    bool long_mode = (value & CR0_PG) != 0 && (efer & EFER_LME) != 0;

    vendor->set(cpu, cpu->active, VREG_EFER, long_mode ? efer | EFER_LMA : efer);
    vendor->set(cpu, cpu->active, VREG_CR0, value);
}

static void write_cr0_or_cr4(struct cpu *cpu, uint64_t value, unsigned length)
{
    union register_intercepts asked = intercepts_in_force(cpu);
    bool is_cr0 = cpu->exit.control_register == 0;
    uint64_t changed = value ^ vendor->get(cpu, cpu->active, is_cr0 ? VREG_CR0 : VREG_CR4);

    if (cpu->active == VTL0 && (changed & (is_cr0 ? asked.cr0_mask : asked.cr4_mask)) != 0) {
        intercept_register(cpu, is_cr0 ? HV_REGISTER_CR0 : HV_REGISTER_CR4, (struct hv_register_value){ .low = value }, length);
        return;
    }
    instruction_advance(cpu, length);
    if (is_cr0) {
        load_cr0(cpu, value);
    } else {
        vendor->set(cpu, cpu->active, VREG_CR4, value);
    }
    vendor->flush(cpu, cpu->active);
}

/* The fault that the processor would raise comes before the intercept. */
void handle_control_register(struct cpu *cpu)
{
    struct insn insn;
    uint64_t value;
    bool good;

    if (!instruction_decode(cpu, &insn)) {
        return; /* the bytes changed since the exit: enter again */
    }
    if (vendor->privilege(cpu, cpu->active) != 0) {
        inject_gp(cpu);
        return;
    }
    if (!written_value(cpu, &insn, &value)) {
        return;
    }
    good = cpu->exit.control_register == 0 ? rule_load_cr0(cpu, cpu->active, &value) : rule_load_cr4(cpu, cpu->active, value);
    if (good) {
        write_cr0_or_cr4(cpu, value, insn.length);
    } else {
        inject_gp(cpu);
    }
}
