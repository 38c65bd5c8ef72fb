#include <hv/tpm_page.h>

#include <hv/inject.h>
#include <hv/instruction.h>

bool tpm_page_is(gpa_t address)
{
    return address.value >= TPM_ADDRESS && address.value - TPM_ADDRESS < TPM_SIZE;
}

bool tpm_page_access(struct cpu *cpu, gpa_t address)
{
    struct insn insn;

    /* What delivers an event is not the instruction at RIP. */
    if (!tpm_page_is(address) || cpu->exit.interrupted.type != EVENT_NONE) {
        return false;
    }
    if (!instruction_decode(cpu, &insn)) {
        return true; /* the bytes changed since the exit: enter again */
    }
    if (insn.kind != INSN_LOAD && insn.kind != INSN_STORE && insn.kind != INSN_EXCHANGE) {
        inject_gp(cpu);
        return true;
    }
    if (insn.kind != INSN_STORE) {
        instruction_give(cpu, &insn, ~UINT64_C(0));
    }
    instruction_advance(cpu, insn.length);
    return true;
}
