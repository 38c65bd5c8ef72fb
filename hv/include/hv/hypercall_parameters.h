/*
 * Where the parameters of a hypercall are (TLFS, "Hypercall Inputs",
 * "Hypercall Outputs"): in memory or in registers, for 64-bit and 32-bit
 * callers. Each byte of input is copied once, with the caller's rights.
 */
#pragma once

#include <hv/cpu.h>

#include <abi/tlfs.h>

/* The kinds of abi/vsm.list. */
enum call_kind { SIMPLE, SIMPLE_VAR, REP, REP_VAR, SWITCH };

/* Bytes that must be zero. */
struct zero_range {
    uint16_t at, size;
};

struct call_row {
    uint16_t code;
    uint8_t lowest_vtl;
    uint8_t kind;
    uint16_t input_size;      /* the fixed part */
    uint16_t rep_input_size;
    uint16_t rep_output_size; /* of a simple call: all its output */
    bool of_partition;        /* input begins with a partition's id */
    struct zero_range zero_first, zero_second, zero_in_element;
};

union call_input {
    uint64_t partition_id; /* where the row says so */
    struct hv_input_enable_partition_vtl enable_partition_vtl;
    struct hv_input_enable_vp_vtl enable_vp_vtl;
    struct hv_input_modify_vtl_protection_mask modify;
    struct hv_input_vp_registers registers;
    struct hv_input_get_vp_index_from_apic_id vp_index;
    struct hv_input_translate_virtual_address translate;
    struct hv_input_flush flush;
    struct hv_input_flush_ex flush_ex;
    struct hv_input_send_ipi send_ipi;
    struct hv_input_send_ipi_ex send_ipi_ex;
    struct hv_input_assert_interrupt assert_interrupt;
    struct hv_input_post_message post_message;
    struct hv_input_signal_event signal_event;
    struct hv_input_check_access check_access;
    struct hv_input_install_intercept install_intercept;
    struct hv_input_check_io_intercept check_io_intercept;
};

/* No status: the call did not complete and is executed again, after what else its processor has to do. */
#define CALL_AGAIN UINT16_MAX

/* The registers of a fast call in their order: two general ones, XMM0 to XMM5. */
#define CALL_REGISTER_BYTES 112u
#define CALL_GENERAL_BYTES  16u

struct call {
    const struct call_row *row;
    bool wide;               /* of a 64-bit caller */
    uint64_t value;          /* hypercall input value */
    gpa_t input, output;
    uint8_t registers[CALL_REGISTER_BYTES];
    bool changed;            /* registers hold output */
    union call_input header; /* the fixed part */
};

static inline bool call_is_rep(const struct call *call)
{
    return call->row->kind == REP || call->row->kind == REP_VAR;
}

static inline bool call_is_fast(const struct call *call)
{
    return (call->value & HV_INPUT_FAST) != 0;
}

/* The input value, and the registers that hold input or its address; row is not set. */
void call_take(const struct cpu *cpu, struct call *call);

/* The result, or the input value of the exit that is to continue the call, to where the caller looks for it. */
void call_give_result(struct cpu *cpu, const struct call *call, uint64_t result);
void call_give_value(struct cpu *cpu, const struct call *call, uint64_t value);

/* The rules of the input value. Status. */
uint16_t call_check_value(const struct call *call);

/* Whether parameters are in XMM registers; and whether the caller could use those by an instruction. */
bool call_uses_xmm(const struct call *call);
bool call_xmm_usable(const struct cpu *cpu);

/* Finds the parameters and copies the fixed part. Status. */
uint16_t call_open(struct cpu *cpu, struct call *call);

/* Copies input at an offset, which is past the fixed part: a list, or an element of one. Status. */
uint16_t call_read(struct cpu *cpu, const struct call *call, uint64_t at, void *to, size_t size);

/* Where in the input an element is. */
uint64_t call_element_at(const struct call *call, uint32_t index);

/* Output at an offset. In registers it stays here until call_close. Status. */
uint16_t call_write(struct cpu *cpu, struct call *call, uint64_t at, const void *from, size_t size);
void call_close(const struct call *call);
