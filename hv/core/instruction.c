#include <hv/instruction.h>

#include <hv/guest_memory.h>
#include <hv/vendor.h>

uint64_t cpu_gpr(const struct cpu *cpu, unsigned reg)
{
    return reg == RSP ? vendor->get(cpu, cpu->active, VREG_RSP) : cpu->gpr[reg];
}

static enum insn_mode current_mode(const struct cpu *cpu)
{
    struct hv_x64_segment_register cs;

    if (guest_is_64_bit(cpu, cpu->active)) {
        return INSN_MODE_64;
    }
    vendor->get_segment(cpu, cpu->active, VSEG_CS, &cs);
    return (cs.attributes & 0x4000) != 0 ? INSN_MODE_32 : INSN_MODE_16;
}

bool instruction_decode(struct cpu *cpu, struct insn *out)
{
    uint8_t bytes[INSN_MAX_LENGTH];
    size_t count = guest_fetch(cpu, bytes, sizeof(bytes));

    return count > 0 && insn_decode(bytes, count, current_mode(cpu), out);
}

uint64_t instruction_end(const struct cpu *cpu, unsigned length)
{
    uint64_t rip = vendor->get(cpu, cpu->active, VREG_RIP) + length;

    return current_mode(cpu) == INSN_MODE_64 ? rip : (uint32_t)rip;
}

void instruction_advance(struct cpu *cpu, unsigned length)
{
    vendor->set(cpu, cpu->active, VREG_RIP, instruction_end(cpu, length));
}

bool instruction_skip(struct cpu *cpu)
{
    struct insn insn;

    if (cpu->exit.length != 0) {
        instruction_advance(cpu, cpu->exit.length);
        return true;
    }
    if (!instruction_decode(cpu, &insn) || insn.kind != cpu->exit.instruction) {
        return false;
    }
    instruction_advance(cpu, insn.length);
    return true;
}
