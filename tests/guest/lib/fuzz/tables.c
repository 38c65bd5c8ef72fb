/* The seeds: the lists of abi/, so that a new row is fuzzed without a change here. */
#include "fuzz.h"

#define HV_HYPERCALL(call_code, name, vtl, call_kind, input_size, rep_input_size, output_size, ...)                   \
    { .code = (call_code), .lowest_vtl = (vtl), .kind = FUZZ_##call_kind, .input = (input_size), .rep_input = (rep_input_size), \
      .output = (output_size) },
const struct fuzz_row fuzz_rows[] = {
#include <abi/hypercalls.def>
};
#undef HV_HYPERCALL
const uint32_t fuzz_row_count = sizeof(fuzz_rows) / sizeof(fuzz_rows[0]);

#define HV_VP_REGISTER(number, name, ...) (number),
const uint32_t fuzz_registers[] = {
#include <abi/vp_registers.def>
};
#undef HV_VP_REGISTER
const uint32_t fuzz_register_count = sizeof(fuzz_registers) / sizeof(fuzz_registers[0]);

/* Written by CMake from the enums of abi/tlfs.h and abi/hypercalls.h. */
const uint32_t fuzz_msrs[] = {
#include <fuzz_msrs.inc>
};
const uint32_t fuzz_msr_count = sizeof(fuzz_msrs) / sizeof(fuzz_msrs[0]);

static const uint16_t statuses[] = {
#include <fuzz_statuses.inc>
};

bool fuzz_status_is_documented(uint16_t status)
{
    for (unsigned i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        if (statuses[i] == status) {
            return true;
        }
    }
    return false;
}
