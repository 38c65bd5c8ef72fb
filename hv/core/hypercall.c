/*
 * The hypercall dispatcher (TLFS, "Hypercall Interface"): legality, then one
 * row of the table. Rep calls run a bounded number of elements an exit and
 * continue.
 */
#include <hv/flush.h>
#include <hv/handlers.h>
#include <hv/hypercall_input.h>
#include <hv/hypercall_parameters.h>
#include <hv/hypercalls.h>
#include <hv/inject.h>
#include <hv/instruction.h>
#include <hv/io_intercepts.h>
#include <hv/ipi.h>
#include <hv/mutant.h>
#include <hv/partition.h>
#include <hv/shootdown.h>
#include <hv/vendor.h>
#include <hv/vtl.h>
#include <hv/x86.h>

/*
 * Keeps one exit short; the rest continues at the same instruction. An element
 * is one unit of work, and as many again as its tables of the second level and the overlay pages that it writes cost.
 */
#define WORK_AN_EXIT 32u
#define WORK_A_TABLE 2u
#define WORK_A_PAGE  32u

/* There is no other, and calls take HV_PARTITION_ID_SELF only. */
#define PARTITION_ID 1u

#define HV_HYPERCALL(call_code, name, vtl, call_kind, input, rep_input, rep_output, partition_first, at1, size1, at2, size2, at3, size3) \
    { .code = (call_code), .lowest_vtl = (vtl), .kind = (call_kind), .input_size = (input), .rep_input_size = (rep_input),             \
      .rep_output_size = (rep_output), .of_partition = (partition_first), .zero_first = { at1, size1 },                                \
      .zero_second = { at2, size2 }, .zero_in_element = { at3, size3 } },
static const struct call_row rows[] = {
#include <abi/hypercalls.def>
};
#undef HV_HYPERCALL

static const struct call_row *find_row(uint16_t code)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].code == code) {
            return &rows[i];
        }
    }
    return NULL;
}

/* TLFS, "Legal Hypercall Environments": ring 0 of protected mode, long or not; elsewhere the instruction does not exist. */
static bool legal_environment(const struct cpu *cpu)
{
    /* Virtual-8086 code is in ring 3 always. */
    return (vendor->privilege(cpu, cpu->active) == 0 || mutant_is(MUTANT_RING3_CALLS))
        && (vendor->get(cpu, cpu->active, VREG_CR0) & CR0_PE) != 0;
}

/*
 * VTL call and return are never answered with a status: an illegal one is #UD. The
 * control value is where the hypercall page's stub leaves it. True: switched.
 */
static bool try_switch(struct cpu *cpu, const struct call *call, uint16_t code)
{
    uint64_t control = call->wide ? cpu->gpr[RAX] : (uint32_t)cpu->gpr[RCX];

    if (call->value != code) {
        return false;
    }
    if (code == HVCALL_VTL_CALL && cpu->active == VTL0 && cpu->vtl[VTL1].enabled
        && (control == 0 || mutant_is(MUTANT_CONTROL_UNCHECKED))) {
        vtl_enter_by_call(cpu);
        return true;
    }
    if (code == HVCALL_VTL_RETURN && (cpu->active == VTL1 || mutant_is(MUTANT_RETURN_BY_VTL0))
        && (control & ~(uint64_t)HV_VTL_RETURN_FAST) == 0) {
        vtl_return(cpu, control);
        return true;
    }
    return false;
}

static uint16_t do_translate(struct cpu *cpu, struct call *call)
{
    struct hv_output_translate_virtual_address_ex output;
    struct hv_output_translate_virtual_address brief;
    uint16_t status = call_translate(cpu, &call->header.translate, &output);

    if (status != HV_STATUS_SUCCESS) {
        return status;
    }
    if (call->row->code == HVCALL_TRANSLATE_VIRTUAL_ADDRESS_EX) {
        return call_write(cpu, call, 0, &output, sizeof(output));
    }
    brief = (struct hv_output_translate_virtual_address){
        .result = output.result, .cache_type = output.cache_type, .overlay_page = output.overlay_page, .gpa_page = output.gpa_page,
    };
    return call_write(cpu, call, 0, &brief, sizeof(brief));
}

static uint16_t do_check_io_intercept(struct cpu *cpu, struct call *call)
{
    struct hv_output_check_io_intercept output;
    uint16_t status = call_check_io_intercept(cpu, &call->header.check_io_intercept, &output);

    return status == HV_STATUS_SUCCESS ? call_write(cpu, call, 0, &output, sizeof(output)) : status;
}

static uint16_t give_number(struct cpu *cpu, struct call *call, uint64_t number)
{
    return call_write(cpu, call, 0, &number, sizeof(number));
}

static uint16_t do_simple(struct cpu *cpu, struct call *call)
{
    switch (call->row->code) {
    case HVCALL_ENABLE_PARTITION_VTL: return call_enable_partition_vtl(cpu, &call->header.enable_partition_vtl);
    case HVCALL_ENABLE_VP_VTL: return call_enable_vp_vtl(cpu, &call->header.enable_vp_vtl);
    case HVCALL_START_VIRTUAL_PROCESSOR: return call_start_vp(cpu, &call->header.enable_vp_vtl);
    case HVCALL_TRANSLATE_VIRTUAL_ADDRESS:
    case HVCALL_TRANSLATE_VIRTUAL_ADDRESS_EX: return do_translate(cpu, call);
    case HVCALL_FLUSH_VIRTUAL_ADDRESS_SPACE:
    case HVCALL_FLUSH_VIRTUAL_ADDRESS_SPACE_EX: return call_flush(cpu, call);
    case HVCALL_SEND_SYNTHETIC_CLUSTER_IPI:
    case HVCALL_SEND_SYNTHETIC_CLUSTER_IPI_EX: return call_send_ipi(cpu, call);
    case HVCALL_ASSERT_VIRTUAL_INTERRUPT: return call_assert_interrupt(cpu, &call->header.assert_interrupt);
    case HVCALL_INSTALL_INTERCEPT: return call_install_intercept(cpu, &call->header.install_intercept);
    case HVCALL_CHECK_FOR_IO_INTERCEPT: return do_check_io_intercept(cpu, call);
    case HVCALL_GET_PARTITION_ID: return give_number(cpu, call, PARTITION_ID);
    case HVCALL_EXT_QUERY_CAPABILITIES: return give_number(cpu, call, 0);
    case HVCALL_NOTIFY_LONG_SPIN_WAIT: return HV_STATUS_SUCCESS; /* nobody else has this processor to run on */
    case HVCALL_POST_MESSAGE: return call_post_message(&call->header.post_message);
    case HVCALL_SIGNAL_EVENT: return HV_STATUS_INVALID_CONNECTION_ID; /* there are no ports */
    default: return HV_STATUS_INVALID_HYPERCALL_CODE;
    }
}

static bool range_is_zero(const void *bytes, const struct zero_range *range)
{
    return input_is_zero((const uint8_t *)bytes + range->at, range->size);
}

/* What abi/vsm.list says of every call's fixed part. */
static uint16_t check_header(const struct call *call)
{
    if (call->row->of_partition && call->header.partition_id != HV_PARTITION_ID_SELF) {
        return HV_STATUS_INVALID_PARTITION_ID;
    }
    return range_is_zero(&call->header, &call->row->zero_first) && range_is_zero(&call->header, &call->row->zero_second)
               ? HV_STATUS_SUCCESS
               : HV_STATUS_INVALID_PARAMETER;
}

static uint16_t do_element(struct cpu *cpu, struct call *call, uint32_t index)
{
    union {
        uint64_t page;
        uint32_t name;
        uint32_t apic_id;
        struct hv_register_assoc assoc;
    } element;
    union {
        struct hv_register_value value;
        uint32_t vp_index;
        uint64_t access;
    } output;
    uint16_t status = call_read(cpu, call, call_element_at(call, index), &element, call->row->rep_input_size);

    if (status != HV_STATUS_SUCCESS) {
        return status;
    }
    if (!range_is_zero(&element, &call->row->zero_in_element)) {
        return HV_STATUS_INVALID_PARAMETER;
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
    case HVCALL_CHECK_SPARSE_GPA_PAGE_VTL_ACCESS:
        status = call_check_access(cpu, &call->header.check_access, element.page, &output.access);
        break;
    default: return HV_STATUS_INVALID_HYPERCALL_CODE;
    }
    return status == HV_STATUS_SUCCESS
               ? call_write(cpu, call, (uint64_t)index * call->row->rep_output_size, &output, call->row->rep_output_size)
               : status;
}

/* For tables made and pages written so far, by any processor. */
static uint64_t work_beside(void)
{
    uint64_t tables;

    spin_lock(&partition.slat_lock);
    tables = partition.pool.given;
    spin_unlock(&partition.slat_lock);
    return WORK_A_TABLE * tables + WORK_A_PAGE * atomic_load(&partition.overlays_written);
}

static uint16_t do_rep(struct cpu *cpu, struct call *call, uint32_t *index)
{
    uint32_t count = HV_INPUT_REP_COUNT(call->value), first = *index;
    uint64_t before = work_beside();
    uint16_t status;

    do {
        status = do_element(cpu, call, *index);
        *index += status == HV_STATUS_SUCCESS;
    } while (*index < count && status == HV_STATUS_SUCCESS
             && *index - first + (work_beside() - before) < WORK_AN_EXIT);
    if (call->row->code == HVCALL_MODIFY_VTL_PROTECTION_MASK) {
        shootdown_vtl0(cpu); /* before the call returns, and before anything else runs here */
    }
    return status;
}

/* Everything is dropped at once: no element takes time. */
static uint16_t do_flush_list(struct cpu *cpu, const struct call *call, uint32_t *index)
{
    uint16_t status = call_flush(cpu, call);

    *index = status == HV_STATUS_SUCCESS ? HV_INPUT_REP_COUNT(call->value) : *index;
    return status;
}

static bool is_flush_of_list(const struct call *call)
{
    return call->row->code == HVCALL_FLUSH_VIRTUAL_ADDRESS_LIST || call->row->code == HVCALL_FLUSH_VIRTUAL_ADDRESS_LIST_EX;
}

static bool caller_permitted(const struct cpu *cpu, const struct call_row *row)
{
    return (unsigned)cpu->active >= row->lowest_vtl || mutant_is(MUTANT_NO_VTL_CHECK);
}

static uint16_t check(const struct cpu *cpu, const struct call *call)
{
    if (call->row == NULL || call->row->kind == SWITCH) {
        return HV_STATUS_INVALID_HYPERCALL_CODE;
    }
    return caller_permitted(cpu, call->row) ? call_check_value(call) : HV_STATUS_ACCESS_DENIED;
}

/* True: finished; false: interrupted, to be continued at the same instruction. */
static bool do_call(struct cpu *cpu, struct call *call)
{
    uint32_t index = 0;
    uint16_t status = call_open(cpu, call);

    if (status == HV_STATUS_SUCCESS) {
        index = HV_INPUT_REP_START(call->value);
        status = check_header(call);
    }
    if (status == HV_STATUS_SUCCESS && !call_is_rep(call)) {
        status = do_simple(cpu, call);
    } else if (status == HV_STATUS_SUCCESS) {
        status = is_flush_of_list(call) ? do_flush_list(cpu, call, &index) : do_rep(cpu, call, &index);
    }
    call_close(call);
    if (status == CALL_AGAIN) {
        return false;
    }
    if (status == HV_STATUS_SUCCESS && index < HV_INPUT_REP_COUNT(call->value)) {
        call_give_value(cpu, call, (call->value & ~(UINT64_C(0xFFF) << 48)) | (uint64_t)index << 48);
        return false;
    }
    call_give_result(cpu, call, HV_RESULT(status, index));
    return true;
}

enum outcome { DONE, AGAIN, UNDEFINED };

static enum outcome dispatch(struct cpu *cpu, struct call *call)
{
    uint16_t code = HV_INPUT_CODE(call->value), status;

    if (code == HVCALL_VTL_CALL || code == HVCALL_VTL_RETURN) {
        return try_switch(cpu, call, code) ? DONE : UNDEFINED;
    }
    call->row = find_row(code);
    status = check(cpu, call);
    if (call->row == NULL && mutant_is(MUTANT_UNKNOWN_CALLS_SUCCEED)) {
        status = HV_STATUS_SUCCESS;
    }
    if (status != HV_STATUS_SUCCESS || call->row == NULL) {
        call_give_result(cpu, call, status);
        return DONE;
    }
    if (call_uses_xmm(call) && !call_xmm_usable(cpu)) {
        return UNDEFINED; /* as any other instruction that uses them */
    }
    return do_call(cpu, call) ? DONE : AGAIN;
}

void handle_hypercall(struct cpu *cpu)
{
    uint64_t rip = vendor->get(cpu, cpu->active, VREG_RIP);
    enum vtl caller = cpu->active;
    enum outcome outcome = UNDEFINED;
    struct call call = { .row = NULL };

    if (legal_environment(cpu)) {
        if (!instruction_skip(cpu)) {
            return;
        }
        call_take(cpu, &call);
        outcome = dispatch(cpu, &call);
    }
    if (outcome != DONE) {
        vendor->set(cpu, caller, VREG_RIP, rip);
    }
    if (outcome == UNDEFINED) {
        inject_ud(cpu);
    }
}
