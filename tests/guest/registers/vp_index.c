/* HvCallGetVpIndexFromApicId: good and bad ids, from both VTLs, several in one call. */
#include "registers.h"

struct index_input {
    struct hv_input_get_vp_index_from_apic_id header;
    uint32_t apic_ids[4];
};

static struct index_input good(void)
{
    return (struct index_input){ .header = { .partition_id = HV_PARTITION_ID_SELF } };
}

static void expect(const char *name, enum side side, const struct index_input *input, unsigned reps, uint64_t expected)
{
    uint64_t result = send(side, HVCALL_GET_VP_INDEX_FROM_APIC_ID | HV_INPUT_REPS(reps), input, sizeof(*input), NULL);

    note(result == expected, "%s-from-vtl%u:0x%lx", name, side, result);
}

/* In this machine processor n has APIC id n; the output is four bytes an element. */
static void each_processor(enum side side)
{
    for (uint32_t i = 0; i < processor_count; i++) {
        struct index_input input = good();
        struct hv_register_value out = { UINT64_MAX, UINT64_MAX };

        input.apic_ids[0] = i;
        input.apic_ids[1] = processor_count - 1;
        note(send(side, HVCALL_GET_VP_INDEX_FROM_APIC_ID | HV_INPUT_REPS(2), &input, sizeof(input), &out)
             == HV_RESULT(HV_STATUS_SUCCESS, 2), "vp-%u-from-vtl%u", i, side);
        note((uint32_t)out.low == i && out.low >> 32 == processor_count - 1, "vp-%u-from-vtl%u:0x%lx", i, side, out.low);
    }
}

static void refusals(enum side side)
{
    struct index_input input = good();

    input.apic_ids[1] = 0xFE;
    expect("second-unknown", side, &input, 3, HV_RESULT(HV_STATUS_INVALID_PARAMETER, 1));
    input = good();
    input.apic_ids[0] = 0xFFFFFFFF;
    expect("unknown", side, &input, 1, HV_STATUS_INVALID_PARAMETER);
    input = good();
    input.header.partition_id = 9;
    expect("partition", side, &input, 1, HV_STATUS_INVALID_PARTITION_ID);
    input = good();
    input.header.target_vtl = 2;
    expect("vtl-2", side, &input, 1, HV_STATUS_INVALID_PARAMETER);
    for (unsigned byte = 0; byte < sizeof(input.header.reserved); byte++) {
        input = good();
        input.header.reserved[byte] = 1;
        expect("reserved", side, &input, 1, HV_STATUS_INVALID_PARAMETER);
    }
    input = good();
    input.header.target_vtl = 1;
    expect("vtl-1", side, &input, 1, side == FROM_VTL1 ? HV_RESULT(HV_STATUS_SUCCESS, 1) : (uint64_t)HV_STATUS_ACCESS_DENIED);
    expect("no-reps", side, &input, 0, HV_STATUS_INVALID_HYPERCALL_INPUT);
}

void test_vp_index(void)
{
    for (enum side side = FROM_VTL0; side <= FROM_VTL1; side++) {
        each_processor(side);
        refusals(side);
    }
    report_notes("registers-vp-index");
}
