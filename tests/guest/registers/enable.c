/* What HvCallEnablePartitionVtl and HvCallEnableVpVtl refuse once VTL1 is there (TLFS, "VTL Enablement"). */
#include "registers.h"

static void expect_partition(const char *name, enum side side, const struct hv_input_enable_partition_vtl *input, uint16_t status)
{
    uint64_t result = send(side, HVCALL_ENABLE_PARTITION_VTL, input, sizeof(*input), NULL);

    note(result == status, "partition-%s-from-vtl%u:0x%lx", name, side, result);
}

static void partition(enum side side)
{
    const struct hv_input_enable_partition_vtl good = { .partition_id = HV_PARTITION_ID_SELF, .target_vtl = 1 };
    struct hv_input_enable_partition_vtl input = good;

    expect_partition("already", side, &input, HV_STATUS_INVALID_VTL_STATE);
    input.partition_id = 3;
    expect_partition("id", side, &input, HV_STATUS_INVALID_PARTITION_ID);
    input = good;
    input.target_vtl = 0;
    expect_partition("vtl-0", side, &input, HV_STATUS_INVALID_PARAMETER);
    input.target_vtl = 2;
    expect_partition("vtl-2", side, &input, HV_STATUS_INVALID_PARAMETER);
    input = good;
    input.flags = 1;
    expect_partition("mbec", side, &input, HV_STATUS_INVALID_PARAMETER);
    input = good;
    input.reserved[5] = 1;
    expect_partition("reserved", side, &input, HV_STATUS_INVALID_PARAMETER);
}

/* The same in two registers, without memory. */
static void fast(void)
{
    uint64_t result = hypercall(HVCALL_ENABLE_PARTITION_VTL | HV_INPUT_FAST, HV_PARTITION_ID_SELF, 1);

    note(result == HV_STATUS_INVALID_VTL_STATE, "fast:0x%lx", result);
    note(hypercall(HVCALL_ENABLE_PARTITION_VTL | HV_INPUT_REPS(1), 0, 0) == HV_STATUS_INVALID_HYPERCALL_INPUT, "reps-of-a-simple-call");
    note(hypercall(HVCALL_ENABLE_VP_VTL | HV_INPUT_FAST, 0, 0) == HV_STATUS_INVALID_HYPERCALL_INPUT, "fast-but-long");
    note(hypercall(0x0077, 0, 0) == HV_STATUS_INVALID_HYPERCALL_CODE, "unknown-call");
}

static void processors_from_vtl0(void)
{
    struct hv_input_enable_vp_vtl input = { .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF, .target_vtl = 1 };

    note(send(FROM_VTL0, HVCALL_ENABLE_VP_VTL, &input, sizeof(input), NULL) == HV_STATUS_ACCESS_DENIED, "self");
    for (uint32_t i = 0; i < processor_count; i++) {
        input.vp_index = i;
        note(send(FROM_VTL0, HVCALL_ENABLE_VP_VTL, &input, sizeof(input), NULL) == HV_STATUS_ACCESS_DENIED, "vp-%u", i);
    }
    input.vp_index = processor_count;
    note(send(FROM_VTL0, HVCALL_ENABLE_VP_VTL, &input, sizeof(input), NULL) == HV_STATUS_INVALID_VP_INDEX, "no-such-vp");
    input.vp_index = 0;
    input.partition_id = 0;
    note(send(FROM_VTL0, HVCALL_ENABLE_VP_VTL, &input, sizeof(input), NULL) == HV_STATUS_INVALID_PARTITION_ID, "partition");
}

static void processors_from_vtl1(void)
{
    for (uint32_t i = 0; i < processor_count; i++) {
        note(vtl1_value(COMMAND_ENABLE_VP, i, CONTEXT_GOOD, 1) == HV_STATUS_VTL_ALREADY_ENABLED, "again-%u", i);
    }
    note(vtl1_value(COMMAND_ENABLE_VP, processor_count, CONTEXT_GOOD, 1) == HV_STATUS_INVALID_VP_INDEX, "no-such-vp");
    note(vtl1_value(COMMAND_ENABLE_VP, 0xFFFFFFFF, CONTEXT_GOOD, 1) == HV_STATUS_INVALID_VP_INDEX, "any-vp");
    note(vtl1_value(COMMAND_ENABLE_VP, 0, CONTEXT_GOOD, 0) == HV_STATUS_INVALID_PARAMETER, "vtl-0");
    note(vtl1_value(COMMAND_ENABLE_VP, 0, CONTEXT_GOOD, 2) == HV_STATUS_INVALID_PARAMETER, "vtl-2");
}

/* Tried by VTL1 at its start, when there was a processor without VTL1 (guest/commands.h). */
static void bad_contexts(const uint64_t statuses[])
{
    for (unsigned wrong = CONTEXT_NO_PAGING; wrong <= CONTEXT_BAD_CR4; wrong++) {
        note(statuses[wrong] == HV_STATUS_INVALID_REGISTER_VALUE, "context-%u:0x%lx", wrong, statuses[wrong]);
    }
    report_notes("registers-bad-contexts");
}

void test_enable(void)
{
    uint64_t statuses[CONTEXT_BAD_CR4 + 1];

    for (unsigned i = 0; i <= CONTEXT_BAD_CR4; i++) {
        statuses[i] = vtl1_value(COMMAND_PEEK, GUEST_CONTEXT_STATUSES + i, 0, 0);
    }
    partition(FROM_VTL0);
    partition(FROM_VTL1);
    fast();
    report_notes("registers-enable-partition");
    processors_from_vtl0();
    processors_from_vtl1();
    report_notes("registers-enable-vp");
    if (processor_count > 1) {
        bad_contexts(statuses);
    }
}
