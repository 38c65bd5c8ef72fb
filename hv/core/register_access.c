#include <hv/register_access.h>

#include <hv/mutant.h>

#include <abi/tlfs.h>

/* The classes of abi/vsm.list. */
enum access_class { NONE, ANY, OWN, LOWER, LOWER_INVALID, VTL1_ONLY, VTL1_OWN, VTL1_OWN_INVALID };

static const struct access_row {
    uint32_t name, msr;
    uint8_t get, set;
} rows[] = {
#define HV_VP_REGISTER(number, register_name, who_gets, who_sets, synthetic_msr) \
    { .name = (number), .msr = (synthetic_msr), .get = (who_gets), .set = (who_sets) },
#include <abi/vp_registers.def>
#undef HV_VP_REGISTER
};

static const struct access_row *find(uint32_t name)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].name == name) {
            return &rows[i];
        }
    }
    return NULL;
}

static uint16_t unless(bool may, uint16_t status)
{
    return may ? HV_STATUS_SUCCESS : status;
}

/* A higher VTL than the caller is none that it may name: that was seen before. */
static uint16_t check(enum access_class access, enum vtl caller, enum vtl target)
{
    if (mutant_is(MUTANT_REGISTERS_OPEN)) {
        return HV_STATUS_SUCCESS;
    }
    switch (access) {
    case ANY: return HV_STATUS_SUCCESS;
    case OWN: return unless(target == caller, HV_STATUS_ACCESS_DENIED);
    case LOWER: return unless(target < caller, HV_STATUS_ACCESS_DENIED);
    case LOWER_INVALID: return unless(target < caller, HV_STATUS_INVALID_PARAMETER);
    case VTL1_ONLY: return unless(caller == VTL1, HV_STATUS_ACCESS_DENIED);
    case VTL1_OWN: return unless(target == VTL1, HV_STATUS_ACCESS_DENIED);
    case VTL1_OWN_INVALID: return unless(target == VTL1, HV_STATUS_INVALID_PARAMETER);
    default: return HV_STATUS_INVALID_PARAMETER;
    }
}

uint16_t register_may_get(uint32_t name, enum vtl caller, enum vtl target)
{
    const struct access_row *row = find(name);

    return row == NULL ? HV_STATUS_INVALID_PARAMETER : check((enum access_class)row->get, caller, target);
}

uint16_t register_may_set(uint32_t name, enum vtl caller, enum vtl target)
{
    const struct access_row *row = find(name);

    return row == NULL ? HV_STATUS_INVALID_PARAMETER : check((enum access_class)row->set, caller, target);
}

uint32_t register_msr(uint32_t name)
{
    const struct access_row *row = find(name);

    return row == NULL ? 0 : row->msr;
}
