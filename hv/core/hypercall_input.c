#include <hv/hypercall_input.h>

#include <hv/hypercalls.h>

bool input_is_zero(const uint8_t *bytes, size_t size)
{
    uint8_t sum = 0;

    for (size_t i = 0; i < size; i++) {
        sum |= bytes[i];
    }
    return sum == 0;
}

uint32_t input_vp_index(const struct cpu *cpu, uint32_t vp_index)
{
    return vp_index == HV_VP_INDEX_SELF ? cpu->vp_index : vp_index;
}

bool input_vtl(const struct cpu *cpu, uint8_t input, enum vtl *target)
{
    *target = cpu->active;
    if ((input & HV_INPUT_VTL_RESERVED) != 0) {
        return false;
    }
    if ((input & HV_INPUT_VTL_USE_TARGET) == 0) {
        return true;
    }
    if (HV_INPUT_VTL_TARGET(input) > VTL1) {
        return false;
    }
    *target = (enum vtl)HV_INPUT_VTL_TARGET(input);
    return true;
}
