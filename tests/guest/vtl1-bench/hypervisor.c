#include "hypervisor.h"

#include <lib/string.h>

#include "world.h"

/* A rep call stops after this many elements, so that continuing is tested too. */
#define REPS_AT_ONCE 100u

struct hypercall_record hypercalls;

static const struct region *region;
static bool lost[REGION_SIZE / 4096];

void hypervisor_reset(const struct region *of)
{
    memset(&hypercalls, 0, sizeof(hypercalls));
    memset(lost, 0, sizeof(lost));
    region = of;
}

static void take_right(uint64_t page, uint32_t rights)
{
    uint64_t number = page - ((uint64_t)region->base >> 12);

    if (rights != 0 || number >= REGION_SIZE / 4096 || lost[number]) {
        hypercalls.wrong_pages++;
        return;
    }
    lost[number] = true;
    hypercalls.protected_pages++;
}

static uint64_t protect(uint64_t control, uint64_t input)
{
    const struct hv_input_modify_vtl_protection_mask *header = (const void *)input;
    const uint64_t *pages = (const uint64_t *)(header + 1);
    uint32_t start = HV_INPUT_REP_START(control), count = HV_INPUT_REP_COUNT(control);
    uint32_t end = count - start > REPS_AT_ONCE ? start + REPS_AT_ONCE : count;

    for (uint32_t i = start; i < end; i++) {
        take_right(pages[i], header->map_flags);
    }
    return HV_RESULT(HV_STATUS_SUCCESS, end);
}

static uint64_t get_register(uint64_t input, uint64_t output)
{
    uint32_t name = *(const uint32_t *)(input + sizeof(struct hv_input_vp_registers));
    struct hv_register_value *value = (struct hv_register_value *)output;

    switch (name) {
    case HV_REGISTER_VSM_CODE_PAGE_OFFSETS:
        *value = (struct hv_register_value){ .low = STUB_ENTER | (uint64_t)STUB_VTL_RETURN << 12 };
        break;
    case HV_REGISTER_VSM_PARTITION_CONFIG:
        *value = (struct hv_register_value){ .low = hypercalls.partition_config };
        break;
    case HV_REGISTER_VSM_VINA:
        *value = (struct hv_register_value){ .low = hypercalls.vina };
        break;
    default:
        return HV_RESULT(HV_STATUS_INVALID_PARAMETER, 0);
    }
    return HV_RESULT(HV_STATUS_SUCCESS, 1);
}

static uint64_t set_register(uint64_t input)
{
    const struct hv_input_vp_registers *header = (const void *)input;
    const struct hv_register_assoc *element = (const void *)(header + 1);

    if (element->name == HV_REGISTER_VSM_PARTITION_CONFIG && header->input_vtl == 0) {
        hypercalls.partition_config = element->value.low;
    } else if (element->name == HV_REGISTER_PENDING_EVENT0 && header->input_vtl == HV_INPUT_VTL_USE_TARGET) {
        hypercalls.pending_event = element->value.low;
        hypercalls.pending_events++;
    } else if (element->name == HV_REGISTER_VSM_VINA && header->input_vtl == 0) {
        hypercalls.vina = element->value.low;
    } else {
        hypercalls.unknown++;
    }
    return HV_RESULT(HV_STATUS_SUCCESS, 1);
}

static uint64_t enable_vp(uint64_t input)
{
    const struct hv_input_enable_vp_vtl *call = (const void *)input;

    hypercalls.enabled_processors++;
    hypercalls.enabled_index = call->vp_index;
    hypercalls.context = call->context;
    return HV_STATUS_SUCCESS;
}

uint64_t hypervisor_call(uint64_t control, uint64_t input, uint64_t output)
{
    switch (HV_INPUT_CODE(control)) {
    case HVCALL_MODIFY_VTL_PROTECTION_MASK:
        return protect(control, input);
    case HVCALL_GET_VP_REGISTERS:
        return get_register(input, output);
    case HVCALL_SET_VP_REGISTERS:
        return set_register(input);
    case HVCALL_ENABLE_VP_VTL:
        return enable_vp(input);
    default:
        hypercalls.unknown++;
        return HV_STATUS_INVALID_HYPERCALL_CODE;
    }
}
