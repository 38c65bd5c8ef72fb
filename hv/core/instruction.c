#include <hv/instruction.h>

#include <hv/guest_memory.h>
#include <hv/register_rules.h>
#include <hv/vendor.h>

uint64_t cpu_gpr(const struct cpu *cpu, unsigned reg)
{
    return reg == RSP ? vendor->get(cpu, cpu->active, VREG_RSP) : cpu->gpr[reg];
}

void cpu_set_gpr(struct cpu *cpu, unsigned reg, uint64_t value)
{
    if (reg == RSP) {
        vendor->set(cpu, cpu->active, VREG_RSP, value);
    } else {
        cpu->gpr[reg] = value;
    }
}

uint64_t instruction_source(const struct cpu *cpu, const struct insn *insn)
{
    if (insn->has_immediate) {
        return insn->immediate;
    }
    return insn->high_byte ? cpu_gpr(cpu, insn->reg) >> 8 & 0xFF : cpu_gpr(cpu, insn->reg);
}

void instruction_give(struct cpu *cpu, const struct insn *insn, uint64_t value)
{
    uint64_t bytes = insn->size >= 8 ? ~UINT64_C(0) : (UINT64_C(1) << insn->size * 8) - 1;
    uint64_t mask = insn->size >= 4 || insn->zero_extends ? ~UINT64_C(0) : bytes; /* 32 bits clear those above them */
    unsigned shift = insn->high_byte ? 8 : 0;

    cpu_set_gpr(cpu, insn->reg, (cpu_gpr(cpu, insn->reg) & ~(mask << shift)) | (value & bytes) << shift);
}

enum insn_mode instruction_mode(const struct cpu *cpu)
{
    struct hv_x64_segment_register cs;

    if (in_64_bit_code(cpu, cpu->active)) {
        return INSN_MODE_64;
    }
    vendor->get_segment(cpu, cpu->active, VSEG_CS, &cs);
    return (cs.attributes & 0x4000) != 0 ? INSN_MODE_32 : INSN_MODE_16;
}

bool instruction_decode(struct cpu *cpu, struct insn *out)
{
    uint8_t bytes[INSN_MAX_LENGTH];
    size_t count = guest_fetch(cpu, bytes, sizeof(bytes));

    return count > 0 && insn_decode(bytes, count, instruction_mode(cpu), out);
}

uint64_t instruction_end(const struct cpu *cpu, unsigned length)
{
    uint64_t rip = vendor->get(cpu, cpu->active, VREG_RIP) + length;

    return instruction_mode(cpu) == INSN_MODE_64 ? rip : (uint32_t)rip;
}

void instruction_advance(struct cpu *cpu, unsigned length)
{
    vendor->set(cpu, cpu->active, VREG_RIP, instruction_end(cpu, length));
}

bool instruction_length(struct cpu *cpu, unsigned *length)
{
    struct insn insn;

    *length = cpu->exit.length;
    if (*length != 0) {
        return true;
    }
    if (!instruction_decode(cpu, &insn) || insn.kind != cpu->exit.instruction) {
        return false;
    }
    *length = insn.length;
    return true;
}

bool instruction_skip(struct cpu *cpu)
{
    unsigned length;

    if (!instruction_length(cpu, &length)) {
        return false;
    }
    instruction_advance(cpu, length);
    return true;
}
