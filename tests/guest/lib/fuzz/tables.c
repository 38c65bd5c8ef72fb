/* The seeds: what abi/vsm.list says, so that a new entry is fuzzed without a change here. */
#include "fuzz.h"

#define HV_HYPERCALL(call_code, name, vtl, call_kind, input_size, rep_input_size, output_size, ...)                   \
    { .code = (call_code), .lowest_vtl = (vtl), .kind = FUZZ_##call_kind, .input = (input_size), .rep_input = (rep_input_size), \
      .output = (output_size) },
const struct fuzz_row fuzz_rows[] = {
#include <abi/hypercalls.def>
};
#undef HV_HYPERCALL
const uint32_t fuzz_row_count = sizeof(fuzz_rows) / sizeof(fuzz_rows[0]);

#define HV_VP_REGISTER(number, ...) (number),
const uint32_t fuzz_registers[] = {
#include <abi/vp_registers.def>
};
#undef HV_VP_REGISTER
const uint32_t fuzz_register_count = sizeof(fuzz_registers) / sizeof(fuzz_registers[0]);

#define HV_VP_REGISTER(number, name, who_gets, who_sets, msr) (msr),
static const uint32_t register_msrs[] = {
#include <abi/vp_registers.def>
};
#undef HV_VP_REGISTER

uint32_t fuzz_msr_of(uint32_t name)
{
    for (uint32_t i = 0; i < fuzz_register_count; i++) {
        if (fuzz_registers[i] == name) {
            return register_msrs[i];
        }
    }
    return 0;
}

#define HV_SYNTHETIC_MSR(number, name) (number),
const uint32_t fuzz_msrs[] = {
#include <abi/synthetic_msrs.def>
};
#undef HV_SYNTHETIC_MSR
const uint32_t fuzz_msr_count = sizeof(fuzz_msrs) / sizeof(fuzz_msrs[0]);

#define HV_HYPERCALL_FIELD(call_code, offset, bytes, its_role) \
    { .code = (call_code), .at = (offset), .size = (bytes), .role = FUZZ_##its_role },
#define HV_HYPERCALL_ELEMENT(...)
const struct fuzz_field fuzz_fields[] = {
#include <abi/hypercall_fields.def>
};
const uint32_t fuzz_field_count = sizeof(fuzz_fields) / sizeof(fuzz_fields[0]);
#undef HV_HYPERCALL_FIELD
#undef HV_HYPERCALL_ELEMENT

#define HV_HYPERCALL_FIELD(...)
#define HV_HYPERCALL_ELEMENT(code, role) { (code), FUZZ_##role },
static const struct {
    uint16_t code;
    uint8_t role;
} elements[] = {
#include <abi/hypercall_fields.def>
};
#undef HV_HYPERCALL_FIELD
#undef HV_HYPERCALL_ELEMENT

enum fuzz_role fuzz_element_of(uint16_t code)
{
    for (unsigned i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
        if (elements[i].code == code) {
            return (enum fuzz_role)elements[i].role;
        }
    }
    return FUZZ_NUMBER;
}

#define HV_HYPERCALL_STATUS(code, status) { (code), (status) },
static const struct {
    uint16_t code, status;
} statuses[] = {
#include <abi/hypercall_statuses.def>
};
#undef HV_HYPERCALL_STATUS

const struct fuzz_row *fuzz_row_of(uint16_t code)
{
    for (uint32_t i = 0; i < fuzz_row_count; i++) {
        if (fuzz_rows[i].code == code) {
            return &fuzz_rows[i];
        }
    }
    return NULL;
}

bool fuzz_status_is_documented(uint16_t code, uint16_t status)
{
    for (unsigned i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        if (statuses[i].code == code && statuses[i].status == status) {
            return true;
        }
    }
    return fuzz_row_of(code) == NULL && status == HV_STATUS_INVALID_HYPERCALL_CODE;
}
