/*
 * GDTR, IDTR, LDTR and TR of VTL0 while VTL1 intercepts loads of some of them
 * (vsm-abi.md 5.4). A processor may name the other loads and the stores with
 * them, and those are done here (SDM vol. 2, "LGDT/LIDT" and the like).
 */
#include <hv/handlers.h>
#include <hv/inject.h>
#include <hv/instruction.h>
#include <hv/intercept_message.h>
#include <hv/operand.h>
#include <hv/private_registers.h>
#include <hv/register_intercepts.h>
#include <hv/register_rules.h>
#include <hv/vendor.h>
#include <hv/x86.h>

#define BASE_24_BITS UINT64_C(0xFFFFFF) /* of a table, with 16-bit operands */
#define GRANULAR     0x8000u

struct __attribute__((packed)) pseudo_descriptor {
    uint16_t limit;
    uint64_t base; /* four bytes outside of 64-bit mode */
};

/* The register of each instruction; of loads also the intercept and its name in the message. */
static const struct { enum vsegment segment; uint32_t bit, name; } registers[] = {
    [INSN_LGDT] = { VSEG_GDTR, HV_CR_INTERCEPT_GDTR_WRITE, HV_REGISTER_GDTR }, [INSN_SGDT] = { .segment = VSEG_GDTR },
    [INSN_LIDT] = { VSEG_IDTR, HV_CR_INTERCEPT_IDTR_WRITE, HV_REGISTER_IDTR }, [INSN_SIDT] = { .segment = VSEG_IDTR },
    [INSN_LLDT] = { VSEG_LDTR, HV_CR_INTERCEPT_LDTR_WRITE, HV_REGISTER_LDTR }, [INSN_SLDT] = { .segment = VSEG_LDTR },
    [INSN_LTR] = { VSEG_TR, HV_CR_INTERCEPT_TR_WRITE, HV_REGISTER_TR }, [INSN_STR] = { .segment = VSEG_TR },
};

static size_t pseudo_descriptor_size(const struct cpu *cpu)
{
    return instruction_mode(cpu) == INSN_MODE_64 ? 10 : 6;
}

static void inject_selector(struct cpu *cpu, uint8_t vector, uint16_t selector)
{
    inject_exception(cpu, cpu->active, (struct event){
        .type = EVENT_EXCEPTION, .vector = vector, .has_error_code = true, .error_code = selector & ~3u });
}

/* VTL1 decides where it asked to; else the instruction completes. False: it does not. */
static bool may_load(struct cpu *cpu, const struct insn *insn, const struct hv_x64_segment_register *value)
{
    if (cpu->active != VTL0 || (intercepts_in_force(cpu).control & registers[insn->kind].bit) == 0) {
        return true;
    }
    intercept_register(cpu, registers[insn->kind].name, private_segment_value(registers[insn->kind].segment, value), insn->length);
    return false;
}

static void complete_load(struct cpu *cpu, const struct insn *insn, const struct hv_x64_segment_register *value)
{
    vendor->set_segment(cpu, cpu->active, registers[insn->kind].segment, value);
    instruction_advance(cpu, insn->length);
}

static void load_table(struct cpu *cpu, const struct insn *insn)
{
    struct pseudo_descriptor from = { 0, 0 };
    struct hv_x64_segment_register table;

    if (!operand_copy(cpu, insn, &from, pseudo_descriptor_size(cpu), false)) {
        return;
    }
    table = (struct hv_x64_segment_register){ .base = from.base, .limit = from.limit };
    if (insn->size == 2 && instruction_mode(cpu) != INSN_MODE_64) {
        table.base &= BASE_24_BITS;
    }
    if (!rule_canonical(table.base)) {
        inject_gp(cpu);
    } else if (may_load(cpu, insn, &table)) {
        complete_load(cpu, insn, &table);
    }
}

static gva_t descriptor_address(const struct cpu *cpu, uint16_t selector, uint32_t *limit)
{
    struct hv_x64_segment_register gdt;

    vendor->get_segment(cpu, cpu->active, VSEG_GDTR, &gdt);
    *limit = gdt.limit;
    return gva(gdt.base + (selector & ~7u));
}

/* "System-Segment Descriptors": 16 bytes in long mode, the upper eight with base 63:32. */
static struct hv_x64_segment_register expand(const uint64_t raw[2], uint16_t selector)
{
    uint32_t limit = (uint32_t)(raw[0] & 0xFFFF) | (uint32_t)(raw[0] >> 32 & 0xF0000);

    return (struct hv_x64_segment_register){
        .base = (raw[0] >> 16 & 0xFFFFFF) | (raw[0] >> 56) << 24 | raw[1] << 32,
        .limit = (raw[0] >> 40 & GRANULAR) != 0 ? limit << 12 | 0xFFF : limit,
        .selector = selector,
        .attributes = (uint16_t)(raw[0] >> 40 & 0xF0FF),
    };
}

/* The descriptor as the processor checks it. False: it faults. */
static bool read_descriptor(struct cpu *cpu, enum insn_kind kind, uint16_t selector, struct hv_x64_segment_register *out)
{
    bool long_mode = (vendor->get(cpu, cpu->active, VREG_EFER) & EFER_LMA) != 0, fits;
    unsigned size = long_mode ? 16 : 8, type;
    uint64_t raw[2] = { 0, 0 };
    uint32_t limit;
    gva_t at = descriptor_address(cpu, selector, &limit);

    if ((selector & SELECTOR_TI) != 0 || (selector & ~7u) + size - 1 > limit) {
        inject_selector(cpu, VECTOR_GP, selector);
        return false;
    }
    if (!system_copy(cpu, at, raw, size, false)) {
        return false;
    }
    *out = expand(raw, selector);
    type = out->attributes & (SEGMENT_S | SEGMENT_TYPE);
    fits = kind == INSN_LLDT ? type == TYPE_LDT : type == TYPE_TSS || (type == TYPE_TSS16 && !long_mode);
    if (!fits || !rule_canonical(out->base)) {
        inject_selector(cpu, VECTOR_GP, selector);
        return false;
    }
    if ((out->attributes & SEGMENT_P) == 0) {
        inject_selector(cpu, VECTOR_NP, selector);
        return false;
    }
    return true;
}

/* LTR marks the descriptor busy, in the table too. False: that faults. */
static bool mark_busy(struct cpu *cpu, const struct hv_x64_segment_register *tr)
{
    uint32_t limit;
    gva_t at = descriptor_address(cpu, tr->selector, &limit);
    uint8_t access = (uint8_t)tr->attributes;

    return system_copy(cpu, gva(at.value + 5), &access, sizeof(access), true);
}

static void load_segment(struct cpu *cpu, const struct insn *insn)
{
    struct hv_x64_segment_register to;
    uint16_t selector;

    if (!operand_word(cpu, insn, &selector)) {
        return;
    }
    to = (struct hv_x64_segment_register){ .selector = selector };
    if ((selector & ~3u) == 0 && insn->kind == INSN_LTR) {
        inject_gp(cpu);
        return;
    }
    if ((selector & ~3u) != 0 && !read_descriptor(cpu, insn->kind, selector, &to)) {
        return;
    }
    to.attributes |= insn->kind == INSN_LTR ? TYPE_BUSY : 0;
    if (may_load(cpu, insn, &to) && (insn->kind == INSN_LLDT || mark_busy(cpu, &to))) {
        complete_load(cpu, insn, &to);
    }
}

/* What the register holds: a table, or into a register with its operand size, into memory as two bytes, a selector. */
static void store(struct cpu *cpu, const struct insn *insn)
{
    bool is_table = insn->kind <= INSN_SIDT;
    struct hv_x64_segment_register from;
    struct pseudo_descriptor to;

    vendor->get_segment(cpu, cpu->active, registers[insn->kind].segment, &from);
    to = (struct pseudo_descriptor){ is_table ? (uint16_t)from.limit : from.selector, from.base };
    if (!insn->memory.is_memory) {
        uint64_t kept = insn->size == 2 ? cpu_gpr(cpu, insn->reg) & ~UINT64_C(0xFFFF) : 0;

        cpu_set_gpr(cpu, insn->reg, kept | from.selector);
    } else if (!operand_copy(cpu, insn, &to, is_table ? pseudo_descriptor_size(cpu) : sizeof(to.limit), true)) {
        return;
    }
    instruction_advance(cpu, insn->length);
}

/* Stores are every ring's, unless CR4.UMIP says otherwise. */
static bool is_privileged(const struct cpu *cpu, enum insn_kind kind)
{
    return kind <= INSN_LTR || (vendor->get(cpu, cpu->active, VREG_CR4) & CR4_UMIP) != 0;
}

void handle_table_register(struct cpu *cpu)
{
    struct insn insn;

    if (!instruction_decode(cpu, &insn) || insn.kind < INSN_LGDT) {
        return; /* the bytes changed since the exit: enter again */
    }
    if (is_privileged(cpu, insn.kind) && vendor->privilege(cpu, cpu->active) != 0) {
        inject_gp(cpu);
        return;
    }
    switch (insn.kind) {
    case INSN_LGDT:
    case INSN_LIDT: load_table(cpu, &insn); break;
    case INSN_LLDT:
    case INSN_LTR: load_segment(cpu, &insn); break;
    default: store(cpu, &insn); break;
    }
}
