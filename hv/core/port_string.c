/*
 * INS and OUTS on ports that are open but exit: VTL1 intercepts the other
 * direction. One element an exit; a REP goes on at the same instruction, so
 * interrupts are taken between two of them.
 */
#include <hv/ports.h>

#include <hv/instruction.h>
#include <hv/operand.h>
#include <hv/vendor.h>
#include <hv/x86.h>

/* The port may forget what is read from it: whether memory takes it is asked before. What is there is lost in any case. */
static bool ins(struct cpu *cpu, const struct insn *insn)
{
    const struct exit_io *io = &cpu->exit.io;
    uint32_t value = 0;

    if (!operand_copy(cpu, insn, &value, io->size, false) || !operand_copy(cpu, insn, &value, io->size, true)) {
        return false;
    }
    value = port_in(io->port, io->size);
    return operand_copy(cpu, insn, &value, io->size, true);
}

static bool outs(struct cpu *cpu, const struct insn *insn)
{
    const struct exit_io *io = &cpu->exit.io;
    uint32_t value = 0;

    if (!operand_copy(cpu, insn, &value, io->size, false)) {
        return false;
    }
    port_out(io->port, io->size, value);
    return true;
}

/* What an address of that size leaves of the register: 32 bits clear the upper half, 16 keep the rest. */
static uint64_t moved(uint64_t old, uint64_t by, unsigned bits)
{
    uint64_t mask = UINT64_MAX >> (64 - bits), low = (old + by) & mask;

    return bits == 16 ? (old & ~mask) | low : low;
}

void port_string(struct cpu *cpu)
{
    const struct exit_io io = cpu->exit.io;
    bool down = (vendor->get(cpu, cpu->active, VREG_RFLAGS) & RFLAGS_DF) != 0;
    uint64_t step = down ? -(uint64_t)io.size : io.size, mask;
    struct insn insn;

    if (!instruction_decode(cpu, &insn) || insn.kind != (io.in ? INSN_INS : INSN_OUTS)) {
        return; /* another processor changed the bytes */
    }
    mask = UINT64_MAX >> (64 - insn.memory.address_bits);
    if (!io.rep || (cpu->gpr[RCX] & mask) != 0) {
        if (!(io.in ? ins(cpu, &insn) : outs(cpu, &insn))) {
            return;
        }
        cpu->gpr[insn.memory.base] = moved(cpu->gpr[insn.memory.base], step, insn.memory.address_bits);
        cpu->gpr[RCX] = io.rep ? moved(cpu->gpr[RCX], UINT64_MAX, insn.memory.address_bits) : cpu->gpr[RCX];
    }
    if (!io.rep || (cpu->gpr[RCX] & mask) == 0) {
        vendor->set(cpu, cpu->active, VREG_RIP, io.next_rip);
    }
}
