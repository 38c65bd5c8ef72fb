/*
 * The hypercall dispatcher (TLFS, "Hypercall Interface"): legality, the input
 * value, the parameter pages with the caller's rights, then one row of the
 * table. Rep calls run a bounded number of elements an exit and continue.
 */
#include <hv/guest_memory.h>
#include <hv/handlers.h>
#include <hv/hypercalls.h>
#include <hv/inject.h>
#include <hv/instruction.h>
#include <hv/log.h>
#include <hv/mutant.h>
#include <hv/partition.h>
#include <hv/shootdown.h>
#include <hv/vendor.h>
#include <hv/vtl.h>
#include <hv/x86.h>

#define REPS_AN_EXIT 64u /* keeps one exit short; the rest continues at the same instruction */

enum call_kind { SIMPLE, REP, SWITCH };

struct call_row {
    uint16_t code;
    uint8_t lowest_vtl;
    uint8_t kind;
    uint16_t input_size;
    uint16_t rep_input_size;
    uint16_t rep_output_size;
};

#define HV_HYPERCALL(call_code, name, vtl, call_kind, input, rep_input, rep_output)      \
    { .code = (call_code), .lowest_vtl = (vtl), .kind = (call_kind), .input_size = (input), \
      .rep_input_size = (rep_input), .rep_output_size = (rep_output) },
static const struct call_row rows[] = {
#include <abi/hypercalls.def>
};
#undef HV_HYPERCALL

union call_input {
    struct hv_input_enable_partition_vtl enable_partition_vtl;
    struct hv_input_enable_vp_vtl enable_vp_vtl;
    struct hv_input_modify_vtl_protection_mask modify;
    struct hv_input_vp_registers registers;
    struct hv_input_get_vp_index_from_apic_id vp_index;
    struct hv_input_translate_virtual_address translate;
};

struct call {
    const struct call_row *row;
    uint64_t value;  /* RCX */
    gpa_t input;     /* RDX */
    gpa_t output;    /* R8 */
    union call_input header;
};

static const struct call_row *find_row(uint16_t code)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].code == code) {
            return &rows[i];
        }
    }
    return NULL;
}

/* "Legal Hypercall Environments": ring 0 of 64-bit mode; elsewhere the instruction does not exist. */
static bool legal_environment(const struct cpu *cpu)
{
    struct hv_x64_segment_register cs;

    vendor->get_segment(cpu, cpu->active, VSEG_CS, &cs);
    return vendor->privilege(cpu, cpu->active) == 0 && (vendor->get(cpu, cpu->active, VREG_EFER) & EFER_LMA) != 0
        && (cs.attributes & 0x2000) != 0;
}

/* VTL call and return are never answered with a status: an illegal one is #UD. True: switched. */
static bool try_switch(struct cpu *cpu, uint16_t code)
{
    uint64_t control = cpu->gpr[RAX];

    if (cpu->gpr[RCX] != code) {
        return false;
    }
    if (code == HVCALL_VTL_CALL && cpu->active == VTL0 && cpu->vtl[VTL1].enabled && control == 0) {
        vtl_enter_by_call(cpu);
        return true;
    }
    if (code == HVCALL_VTL_RETURN && cpu->active == VTL1 && (control & ~(uint64_t)HV_VTL_RETURN_FAST) == 0) {
        vtl_return(cpu, control);
        return true;
    }
    return false;
}

static uint16_t check_input_value(const struct call *call)
{
    uint32_t count = HV_INPUT_REP_COUNT(call->value);
    uint32_t start = HV_INPUT_REP_START(call->value);

    if ((call->value & HV_INPUT_RESERVED) != 0 || HV_INPUT_VAR_HEADER(call->value) != 0) {
        return HV_STATUS_INVALID_HYPERCALL_INPUT;
    }
    if (call->row->kind == REP) {
        return count > 0 && start < count && (call->value & HV_INPUT_FAST) == 0 ? HV_STATUS_SUCCESS
                                                                                : HV_STATUS_INVALID_HYPERCALL_INPUT;
    }
    if ((call->value & HV_INPUT_FAST) != 0 && call->row->input_size > 16) {
        return HV_STATUS_INVALID_HYPERCALL_INPUT;
    }
    return count == 0 && start == 0 ? HV_STATUS_SUCCESS : HV_STATUS_INVALID_HYPERCALL_INPUT;
}

static bool list_fits(gpa_t base, uint64_t size)
{
    return (base.value & 7) == 0 && (base.value & PAGE_MASK) + size <= PAGE_SIZE;
}

/* Copies the fixed part of the input once. */
static uint16_t read_header(struct cpu *cpu, struct call *call)
{
    uint32_t count = HV_INPUT_REP_COUNT(call->value);
    uint64_t output_count = call->row->kind == REP ? count : 1;

    if ((call->value & HV_INPUT_FAST) != 0) {
        uint64_t *fast = (uint64_t *)&call->header;

        fast[0] = cpu->gpr[RDX];
        fast[1] = cpu->gpr[R8];
        return HV_STATUS_SUCCESS;
    }
    if (!list_fits(call->input, call->row->input_size + (uint64_t)count * call->row->rep_input_size)
        || (call->row->rep_output_size != 0 && !list_fits(call->output, output_count * call->row->rep_output_size))) {
        return HV_STATUS_INVALID_ALIGNMENT;
    }
    return guest_read(cpu, cpu->active, call->input, &call->header, call->row->input_size)
               ? HV_STATUS_SUCCESS
               : HV_STATUS_INVALID_HYPERCALL_INPUT;
}

static uint16_t write_output(struct cpu *cpu, gpa_t to, const void *output, size_t size)
{
    return guest_write(cpu, cpu->active, to, output, size) ? HV_STATUS_SUCCESS : HV_STATUS_INVALID_HYPERCALL_INPUT;
}

static uint16_t do_translate(struct cpu *cpu, const struct call *call)
{
    struct hv_output_translate_virtual_address output;
    uint16_t status = call_translate(cpu, &call->header.translate, &output);

    return status == HV_STATUS_SUCCESS ? write_output(cpu, call->output, &output, sizeof(output)) : status;
}

static uint16_t do_simple(struct cpu *cpu, const struct call *call)
{
    switch (call->row->code) {
    case HVCALL_ENABLE_PARTITION_VTL: return call_enable_partition_vtl(cpu, &call->header.enable_partition_vtl);
    case HVCALL_ENABLE_VP_VTL: return call_enable_vp_vtl(cpu, &call->header.enable_vp_vtl);
    case HVCALL_START_VIRTUAL_PROCESSOR: return call_start_vp(cpu, &call->header.enable_vp_vtl);
    case HVCALL_TRANSLATE_VIRTUAL_ADDRESS: return do_translate(cpu, call);
    default: return HV_STATUS_INVALID_HYPERCALL_CODE;
    }
}

static uint16_t do_element(struct cpu *cpu, const struct call *call, uint32_t index)
{
    gpa_t in = gpa(call->input.value + call->row->input_size + (uint64_t)index * call->row->rep_input_size);
    gpa_t out = gpa(call->output.value + (uint64_t)index * call->row->rep_output_size);
    union {
        uint64_t page;
        uint32_t name;
        uint32_t apic_id;
        struct hv_register_assoc assoc;
    } element;
    union {
        struct hv_register_value value;
        uint32_t vp_index;
    } output;
    uint16_t status;

    if (!guest_read(cpu, cpu->active, in, &element, call->row->rep_input_size)) {
        return HV_STATUS_INVALID_HYPERCALL_INPUT;
    }
    switch (call->row->code) {
    case HVCALL_MODIFY_VTL_PROTECTION_MASK: return call_modify_protection(cpu, &call->header.modify, element.page);
    case HVCALL_SET_VP_REGISTERS: return call_set_register(cpu, &call->header.registers, &element.assoc);
    case HVCALL_GET_VP_REGISTERS:
        status = call_get_register(cpu, &call->header.registers, element.name, &output.value);
        break;
    case HVCALL_GET_VP_INDEX_FROM_APIC_ID:
        status = call_get_vp_index(cpu, &call->header.vp_index, element.apic_id, &output.vp_index);
        break;
    default: return HV_STATUS_INVALID_HYPERCALL_CODE;
    }
    return status == HV_STATUS_SUCCESS ? write_output(cpu, out, &output, call->row->rep_output_size) : status;
}

static uint16_t do_rep(struct cpu *cpu, const struct call *call, uint32_t *index)
{
    uint32_t count = HV_INPUT_REP_COUNT(call->value);
    uint32_t last = *index + REPS_AN_EXIT < count ? *index + REPS_AN_EXIT : count;
    uint16_t status = HV_STATUS_SUCCESS;

    while (*index < last && status == HV_STATUS_SUCCESS) {
        status = do_element(cpu, call, *index);
        *index += status == HV_STATUS_SUCCESS;
    }
    if (call->row->code == HVCALL_MODIFY_VTL_PROTECTION_MASK) {
        shootdown_vtl0(cpu); /* before the call returns, and before anything else runs here */
    }
    return status;
}

static bool caller_permitted(const struct cpu *cpu, const struct call_row *row)
{
    return (unsigned)cpu->active >= row->lowest_vtl || mutant_is(MUTANT_NO_VTL_CHECK);
}

static uint16_t prepare(struct cpu *cpu, struct call *call)
{
    uint16_t status;

    if (call->row == NULL || call->row->kind == SWITCH) {
        return HV_STATUS_INVALID_HYPERCALL_CODE;
    }
    if (!caller_permitted(cpu, call->row)) {
        return HV_STATUS_ACCESS_DENIED;
    }
    status = check_input_value(call);
    return status == HV_STATUS_SUCCESS ? read_header(cpu, call) : status;
}

/* True: finished; false: interrupted, to be continued at the same instruction. */
static bool dispatch(struct cpu *cpu, struct call *call)
{
    uint32_t index = HV_INPUT_REP_START(call->value);
    uint16_t status = prepare(cpu, call);

    if (status == HV_STATUS_SUCCESS && call->row->kind == SIMPLE) {
        status = do_simple(cpu, call);
        index = 0;
    } else if (status == HV_STATUS_SUCCESS) {
        status = do_rep(cpu, call, &index);
        if (status == HV_STATUS_SUCCESS && index < HV_INPUT_REP_COUNT(call->value)) {
            cpu->gpr[RCX] = (call->value & ~(UINT64_C(0xFFF) << 48)) | (uint64_t)index << 48;
            return false;
        }
    } else {
        index = 0;
    }
    cpu->gpr[RAX] = HV_RESULT(status, index);
    return true;
}

void handle_hypercall(struct cpu *cpu)
{
    uint64_t rip = vendor->get(cpu, cpu->active, VREG_RIP);
    uint16_t code = HV_INPUT_CODE(cpu->gpr[RCX]);
    enum vtl caller = cpu->active;
    struct call call = {
        .row = find_row(code), .value = cpu->gpr[RCX], .input = gpa(cpu->gpr[RDX]), .output = gpa(cpu->gpr[R8]),
    };

    if (!legal_environment(cpu)) {
        inject_ud(cpu);
        return;
    }
    if (!instruction_skip(cpu)) {
        return;
    }
    if (code == HVCALL_VTL_CALL || code == HVCALL_VTL_RETURN) {
        if (!try_switch(cpu, code)) {
            vendor->set(cpu, caller, VREG_RIP, rip);
            inject_ud(cpu);
        }
        return;
    }
    if (!dispatch(cpu, &call)) {
        vendor->set(cpu, caller, VREG_RIP, rip);
    }
}
