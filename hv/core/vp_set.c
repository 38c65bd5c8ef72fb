#include <hv/vp_set.h>

#include <hv/partition.h>

_Static_assert(HV_MAX_PROCESSORS == HV_VP_SET_BANK, "every processor is in the first bank");

uint64_t vp_set_all(void)
{
    return UINT64_MAX >> (HV_VP_SET_BANK - partition.boot.processor_count);
}

static unsigned bits_in(uint64_t mask)
{
    unsigned count = 0;

    for (; mask != 0; mask &= mask - 1) {
        count++;
    }
    return count;
}

uint16_t vp_set_read(struct cpu *cpu, const struct call *call, const struct hv_vp_set *set, uint64_t *processors)
{
    unsigned count = bits_in(set->valid_banks);
    uint64_t banks[64], any = 0;
    uint16_t status;

    *processors = vp_set_all();
    if (set->format == HV_VP_SET_ALL) {
        return HV_STATUS_SUCCESS;
    }
    if (set->format != HV_VP_SET_SPARSE || count == 0) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    status = call_read(cpu, call, call->row->input_size, banks, count * sizeof(banks[0]));
    for (unsigned i = 0; status == HV_STATUS_SUCCESS && i < count; i++) {
        any |= banks[i];
    }
    if (status == HV_STATUS_SUCCESS && any == 0) {
        status = HV_STATUS_INVALID_PARAMETER;
    }
    *processors &= status == HV_STATUS_SUCCESS && (set->valid_banks & 1) != 0 ? banks[0] : 0;
    return status;
}
