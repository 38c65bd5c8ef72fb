#include <vtl0/vsm.h>

#include <abi/hypercall_stubs.h>
#include <lib/string.h>
#include <vtl0/processor.h>
#include <vtl0/x86.h>

#include "vsm_internal.h"

#define OUTPUT_OFFSET (PAGE_SIZE / 2)

uint64_t vsm_hypercall(uint64_t input, uint64_t input_gpa, uint64_t output_gpa)
{
    return vsm_enter_hypercall(vsm_client.page, input, input_gpa, output_gpa);
}

const void *vsm_hypercall_output(void)
{
    return (const uint8_t *)this_processor()->hypercall + OUTPUT_OFFSET;
}

uint64_t vsm_hypercall_with(uint16_t code, const void *input, size_t size, uint32_t reps)
{
    uint64_t page = (uint64_t)(uintptr_t)this_processor()->hypercall;

    memcpy((void *)(uintptr_t)page, input, size < OUTPUT_OFFSET ? size : OUTPUT_OFFSET);
    return vsm_hypercall(code | HV_INPUT_REPS(reps), page, page + OUTPUT_OFFSET);
}

static struct hv_caller caller(void)
{
    uint8_t *page = this_processor()->hypercall;
    uint64_t address = (uint64_t)(uintptr_t)page;

    return (struct hv_caller){
        .enter = vsm_enter_hypercall,
        .page = vsm_client.page,
        .input = page, .input_capacity = OUTPUT_OFFSET, .input_gpa = address,
        .output = page + OUTPUT_OFFSET, .output_capacity = PAGE_SIZE - OUTPUT_OFFSET, .output_gpa = address + OUTPUT_OFFSET,
    };
}

bool vsm_get_register(uint32_t name, uint64_t *value)
{
    const struct hv_input_vp_registers input = { .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF };
    const struct hv_caller self = caller();
    struct hv_register_value output;
    uint32_t done;

    if (hv_get_vp_registers(&self, &input, &name, 1, &output, &done) != HV_STATUS_SUCCESS) {
        return false;
    }
    *value = output.low;
    return true;
}

uint64_t vsm_vtl_call(uint64_t frame_gpa)
{
    return vsm_is_watched() ? vsm_watched_call(frame_gpa) : vsm_enter_vtl_call(vsm_client.vtl_call, frame_gpa);
}

uint64_t vsm_vtl_call_observed(uint64_t frame_gpa, struct vsm_registers *registers)
{
    return vsm_enter_vtl_call_observed(vsm_client.vtl_call, frame_gpa, registers);
}

uint64_t vsm_vtl_return_entry(void)
{
    return vsm_client.vtl_return;
}
