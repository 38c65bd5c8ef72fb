#include <hv/operand.h>

#include <hv/guest_memory.h>
#include <hv/handlers.h>
#include <hv/inject.h>
#include <hv/instruction.h>
#include <hv/partition.h>
#include <hv/register_rules.h>
#include <hv/x86.h>

_Static_assert((unsigned)INSN_ES == VSEG_ES && (unsigned)INSN_GS == VSEG_GS, "the back ends have the same order");

static uint64_t effective_offset(const struct cpu *cpu, const struct insn *insn)
{
    const struct insn_memory *m = &insn->memory;
    uint64_t offset = (uint64_t)m->displacement;

    offset += m->has_base ? cpu_gpr(cpu, m->base) : 0;
    offset += m->has_index ? cpu_gpr(cpu, m->index) << m->scale : 0;
    offset += m->rip_relative ? instruction_end(cpu, insn->length) : 0;
    return m->address_bits == 64 ? offset : offset & ((UINT64_C(1) << m->address_bits) - 1);
}

/* False: outside of the segment, or not canonical. Expand-down segments hold no such operand here. */
static bool linear_address(const struct cpu *cpu, const struct insn *insn, size_t size, gva_t *out)
{
    uint64_t offset = effective_offset(cpu, insn);
    struct hv_x64_segment_register segment;

    vendor->get_segment(cpu, cpu->active, (enum vsegment)insn->memory.segment, &segment);
    if (instruction_mode(cpu) == INSN_MODE_64) {
        *out = gva(offset + (insn->memory.segment >= INSN_FS ? segment.base : 0));
        return rule_canonical(out->value) && rule_canonical(out->value + size - 1);
    }
    *out = gva((uint32_t)(segment.base + offset));
    return (segment.attributes & SEGMENT_P) != 0 && offset + size - 1 <= segment.limit;
}

static void inject_page_fault(struct cpu *cpu, const struct walk_context *context, enum walk_result result, gva_t at)
{
    uint32_t code = (context->write ? PF_WRITE : 0) | (context->user ? PF_USER : 0);

    code |= result == WALK_DENIED ? PF_PRESENT : result == WALK_RESERVED ? PF_PRESENT | PF_RESERVED : 0;
    cpu->cr2 = at.value;
    inject_exception(cpu, cpu->active, (struct event){
        .type = EVENT_EXCEPTION, .vector = VECTOR_PF, .has_error_code = true, .error_code = code });
}

/* The second-level tables deny it, or it is no RAM: as if the processor had made the access. */
static void refuse_physical(struct cpu *cpu, gpa_t at, bool write)
{
    if (!partition_is_ram(at)) {
        inject_gp(cpu);
        return;
    }
    cpu->exit.memory = (struct exit_memory){ .address = at, .access = write ? ACCESS_WRITE : ACCESS_READ };
    handle_memory(cpu);
}

static bool write_part(struct cpu *cpu, enum vtl vtl, gpa_t to, void *from, size_t size)
{
    return guest_write(cpu, vtl, to, from, size);
}

/* Page by page. False: what stopped it is on its way. */
static bool copy(struct cpu *cpu, const struct walk_context *context, gva_t at, uint8_t *buffer, size_t size)
{
    bool (*const copy_part)(struct cpu *, enum vtl, gpa_t, void *, size_t) = context->write ? write_part : guest_read;

    while (size > 0) {
        size_t left = PAGE_SIZE - (at.value & PAGE_MASK), part = size < left ? size : left;
        gpa_t physical;
        enum walk_result result = guest_translate(cpu, cpu->active, context, at, &physical);

        if (result != WALK_OK) {
            inject_page_fault(cpu, context, result, at);
            return false;
        }
        if (!copy_part(cpu, cpu->active, physical, buffer, part)) {
            refuse_physical(cpu, physical, context->write);
            return false;
        }
        at.value += part;
        buffer += part;
        size -= part;
    }
    return true;
}

bool operand_copy(struct cpu *cpu, const struct insn *insn, void *buffer, size_t size, bool write)
{
    struct walk_context context = guest_walk_context(cpu, cpu->active);
    gva_t at;

    context.write = write;
    context.smap = (vendor->get(cpu, cpu->active, VREG_RFLAGS) & RFLAGS_AC) == 0;
    if (!linear_address(cpu, insn, size, &at)) {
        inject_exception(cpu, cpu->active, (struct event){
            .type = EVENT_EXCEPTION, .vector = insn->memory.segment == INSN_SS ? VECTOR_SS : VECTOR_GP, .has_error_code = true });
        return false;
    }
    return copy(cpu, &context, at, buffer, size);
}

bool operand_word(struct cpu *cpu, const struct insn *insn, uint16_t *value)
{
    if (insn->memory.is_memory) {
        return operand_copy(cpu, insn, value, sizeof(*value), false);
    }
    *value = (uint16_t)cpu_gpr(cpu, insn->reg);
    return true;
}

bool system_copy(struct cpu *cpu, gva_t at, void *buffer, size_t size, bool write)
{
    struct walk_context context = guest_walk_context(cpu, cpu->active);

    context.write = write;
    context.user = false;
    context.smap = true;
    return copy(cpu, &context, at, buffer, size);
}
