#include <hv/hypercall_parameters.h>

#include <hv/guest_memory.h>
#include <hv/mutant.h>
#include <hv/register_rules.h>
#include <hv/vendor.h>
#include <hv/x86.h>
#include <hv/xmm.h>

#include <lib/string.h>

/* TLFS, "Hypercall Inputs": a 32-bit caller has each 64-bit value in two registers. */
static uint64_t pair(const struct cpu *cpu, enum gpr high, enum gpr low)
{
    return cpu->gpr[high] << 32 | (uint32_t)cpu->gpr[low];
}

void call_take(const struct cpu *cpu, struct call *call)
{
    call->wide = in_64_bit_code(cpu, cpu->active);
    call->value = call->wide ? cpu->gpr[RCX] : pair(cpu, RDX, RAX);
    call->input = gpa(call->wide ? cpu->gpr[RDX] : pair(cpu, RBX, RCX));
    call->output = gpa(call->wide ? cpu->gpr[R8] : pair(cpu, RDI, RSI));
}

void call_give_result(struct cpu *cpu, const struct call *call, uint64_t result)
{
    cpu->gpr[RAX] = call->wide ? result : (uint32_t)result;
    if (!call->wide) {
        cpu->gpr[RDX] = result >> 32;
    }
}

void call_give_value(struct cpu *cpu, const struct call *call, uint64_t value)
{
    if (call->wide) {
        cpu->gpr[RCX] = value;
    } else {
        cpu->gpr[RAX] = (uint32_t)value;
        cpu->gpr[RDX] = value >> 32;
    }
}

uint64_t call_element_at(const struct call *call, uint32_t index)
{
    return call->row->input_size + UINT64_C(8) * HV_INPUT_VAR_HEADER(call->value)
        + (uint64_t)index * call->row->rep_input_size;
}

static uint64_t input_size(const struct call *call)
{
    return call_element_at(call, HV_INPUT_REP_COUNT(call->value));
}

static uint64_t output_size(const struct call *call)
{
    uint32_t count = call_is_rep(call) ? HV_INPUT_REP_COUNT(call->value) : 1;

    return (uint64_t)count * call->row->rep_output_size;
}

/* TLFS, "XMM Fast Hypercall Output": from the pair of registers behind the input on. */
static uint64_t register_output_at(const struct call *call)
{
    return (input_size(call) + 15) & ~UINT64_C(15);
}

uint16_t call_check_value(const struct call *call)
{
    uint32_t count = HV_INPUT_REP_COUNT(call->value);
    uint32_t start = HV_INPUT_REP_START(call->value);
    bool variable = call->row->kind == SIMPLE_VAR || call->row->kind == REP_VAR;
    bool reps_right = call_is_rep(call) ? count > 0 && start < count : count == 0 && start == 0;
    /* Output is in XMM registers: behind no input it would be in the two general ones. */
    bool fits = !call_is_fast(call)
        || (call->row->input_size != 0 && register_output_at(call) + output_size(call) <= CALL_REGISTER_BYTES);

    return (call->value & HV_INPUT_RESERVED) == 0 && (variable || HV_INPUT_VAR_HEADER(call->value) == 0) && reps_right && fits
               ? HV_STATUS_SUCCESS
               : HV_STATUS_INVALID_HYPERCALL_INPUT;
}

bool call_uses_xmm(const struct call *call)
{
    return call_is_fast(call) && (input_size(call) > CALL_GENERAL_BYTES || output_size(call) != 0);
}

bool call_xmm_usable(const struct cpu *cpu)
{
    return (vendor->get(cpu, cpu->active, VREG_CR0) & (CR0_EM | CR0_TS)) == 0
        && (vendor->get(cpu, cpu->active, VREG_CR4) & CR4_OSFXSR) != 0;
}

/* Where nothing is, the address says nothing. */
static bool list_fits(gpa_t base, uint64_t size)
{
    return size == 0 || ((base.value & 7) == 0 && (base.value & PAGE_MASK) + size <= PAGE_SIZE);
}

/* Clients have a processor's context packed and on their stack: it may be anywhere, and end in the next page. */
static bool lies_anywhere(const struct call *call)
{
    return call->row->code == HVCALL_ENABLE_VP_VTL || call->row->code == HVCALL_START_VIRTUAL_PROCESSOR;
}

/* Whose rights count: the caller's. */
static enum vtl who_reads(const struct cpu *cpu)
{
    return mutant_is(MUTANT_INPUT_UNCHECKED) ? VTL1 : cpu->active;
}

static enum vtl who_writes(const struct cpu *cpu)
{
    return mutant_is(MUTANT_OUTPUT_UNCHECKED) ? VTL1 : cpu->active;
}

/* Each page with its own rights. */
static bool read_input(struct cpu *cpu, gpa_t from, uint8_t *to, size_t size)
{
    size_t left = PAGE_SIZE - (from.value & PAGE_MASK), first = size < left ? size : left;

    return guest_read(cpu, who_reads(cpu), from, to, first)
        && (first == size || guest_read(cpu, who_reads(cpu), gpa(from.value + first), to + first, size - first));
}

/* call_check_value has seen that it fits. */
static uint16_t open_registers(struct call *call)
{
    const uint64_t general[2] = { call->input.value, call->output.value };

    memcpy(call->registers, general, sizeof(general));
    if (call_uses_xmm(call)) {
        xmm_read(call->registers + CALL_GENERAL_BYTES);
    }
    memcpy(&call->header, call->registers, call->row->input_size);
    return HV_STATUS_SUCCESS;
}

uint16_t call_open(struct cpu *cpu, struct call *call)
{
    if (call_is_fast(call)) {
        return open_registers(call);
    }
    if ((!lies_anywhere(call) && !list_fits(call->input, input_size(call))) || !list_fits(call->output, output_size(call))) {
        return HV_STATUS_INVALID_ALIGNMENT;
    }
    return call->row->input_size == 0 || read_input(cpu, call->input, (uint8_t *)&call->header, call->row->input_size)
               ? HV_STATUS_SUCCESS
               : HV_STATUS_INVALID_HYPERCALL_INPUT;
}

uint16_t call_read(struct cpu *cpu, const struct call *call, uint64_t at, void *to, size_t size)
{
    bool there;

    if (call_is_fast(call)) {
        there = at + size <= CALL_REGISTER_BYTES;
        if (there) {
            memcpy(to, call->registers + at, size);
        }
    } else {
        there = (call->input.value & PAGE_MASK) + at + size <= PAGE_SIZE
            && guest_read(cpu, who_reads(cpu), gpa(call->input.value + at), to, size);
    }
    return there ? HV_STATUS_SUCCESS : HV_STATUS_INVALID_HYPERCALL_INPUT;
}

uint16_t call_write(struct cpu *cpu, struct call *call, uint64_t at, const void *from, size_t size)
{
    if (call_is_fast(call)) {
        memcpy(call->registers + register_output_at(call) + at, from, size);
        call->changed = true;
        return HV_STATUS_SUCCESS;
    }
    return guest_write(cpu, who_writes(cpu), gpa(call->output.value + at), from, size) ? HV_STATUS_SUCCESS
                                                                                       : HV_STATUS_INVALID_HYPERCALL_INPUT;
}

/* Every call with output has input: what is written is in XMM registers, and the others get what they had. */
void call_close(const struct call *call)
{
    if (call->changed) {
        xmm_write(call->registers + CALL_GENERAL_BYTES);
    }
}
