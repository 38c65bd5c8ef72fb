/* HvCallInstallIntercept and HvCallCheckForIoIntercept: every status, from both VTLs, and what the second one answers. */
#include "io_intercept.h"

static void installs(const char *name, struct hv_input_install_intercept input, uint16_t status)
{
    uint64_t result = vtl1_calls(HVCALL_INSTALL_INTERCEPT, &input, sizeof(input), NULL);

    note(result == status, "%s:0x%lx", name, result);
}

static struct hv_input_install_intercept of_scratch(void)
{
    return (struct hv_input_install_intercept){ .partition_id = HV_PARTITION_ID_SELF, .access = 3, .parameter = SCRATCH };
}

/* 0: answered no, 1: yes; else 0x100 and the status. */
static uint64_t checks(struct hv_input_check_io_intercept input)
{
    uint64_t output = 0, result = vtl1_calls(HVCALL_CHECK_FOR_IO_INTERCEPT, &input, sizeof(input), &output);

    note(result != 0 || output >> 8 == UINT64_C(0xEEEEEEEEEEEEEE), "more-than-a-byte:0x%lx", output);
    return result == HV_STATUS_SUCCESS ? (uint8_t)output : 0x100 | result;
}

static struct hv_input_check_io_intercept access_of(uint16_t port, uint8_t size, bool write)
{
    return (struct hv_input_check_io_intercept){
        .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF, .input_vtl = OF_VTL0, .port = port, .size = size,
        .write = write, .tail = { 1, 2, 3, 4, 5, 6 },
    };
}

static void asks(const char *name, uint16_t port, uint8_t size, bool write, bool expected)
{
    uint64_t answer = checks(access_of(port, size, write));

    note(answer == expected, "%s:0x%x-%u-%u:0x%lx", name, port, size, write, answer);
}

static uint64_t from_vtl0(uint64_t control, const void *input)
{
    static uint64_t *page;

    page = page != NULL ? page : (uint64_t *)pages_take(1, PAGE_SIZE);
    for (unsigned i = 0; i < 3; i++) {
        page[i] = ((const uint64_t *)input)[i];
    }
    return hypercall(control, (uint64_t)(uintptr_t)page, (uint64_t)(uintptr_t)page + 2048);
}

void test_statuses(void)
{
    struct hv_input_install_intercept input = of_scratch();
    const struct hv_input_check_io_intercept check = access_of(SCRATCH, 1, true);

    note(from_vtl0(HVCALL_INSTALL_INTERCEPT, &input) == HV_STATUS_ACCESS_DENIED, "install-by-vtl0");
    note(from_vtl0(HVCALL_CHECK_FOR_IO_INTERCEPT, &check) == HV_STATUS_ACCESS_DENIED, "check-by-vtl0");
    input.partition_id = 1;
    installs("partition", input, HV_STATUS_INVALID_PARTITION_ID);
    input = of_scratch();
    for (uint32_t type = 1; type < 0x20; type++) {
        input.type = type;
        installs("type", input, HV_STATUS_INVALID_PARAMETER);
    }
    input = of_scratch();
    for (unsigned bit = 2; bit < 32; bit++) {
        input.access = 1u << bit;
        installs("access", input, HV_STATUS_INVALID_PARAMETER);
    }
    input = of_scratch();
    input.parameter |= 0x10000;
    installs("port", input, HV_STATUS_INVALID_PARAMETER);
    input.parameter = SCRATCH | UINT64_C(1) << 63;
    installs("port", input, HV_STATUS_INVALID_PARAMETER);
    asks("refused", SCRATCH, 1, false, false);
    asks("refused", SCRATCH, 1, true, false);
    installs("right", of_scratch(), HV_STATUS_SUCCESS);
    installs("again", of_scratch(), HV_STATUS_SUCCESS);
    input = of_scratch();
    input.access = 0;
    installs("removed", input, HV_STATUS_SUCCESS);
    asks("removed", SCRATCH, 1, true, false);
    report_notes("io-intercept-statuses");
}

static void check_refusals(void)
{
    struct hv_input_check_io_intercept input = access_of(SCRATCH, 1, true);

    input.partition_id = 1;
    note(checks(input) == (0x100 | HV_STATUS_INVALID_PARTITION_ID), "partition");
    input = access_of(SCRATCH, 1, true);
    input.vp_index = processor_count;
    note(checks(input) == (0x100 | HV_STATUS_INVALID_VP_INDEX), "vp-index");
    input = access_of(SCRATCH, 1, true);
    input.input_vtl = 0x12;
    note(checks(input) == (0x100 | HV_STATUS_INVALID_PARAMETER), "vtl-2");
    input.input_vtl = 0x30;
    note(checks(input) == (0x100 | HV_STATUS_INVALID_PARAMETER), "vtl-reserved");
    input = access_of(SCRATCH, 1, true);
    input.reserved = 1;
    note(checks(input) == (0x100 | HV_STATUS_INVALID_PARAMETER), "reserved");
    input = access_of(SCRATCH, 1, true);
    input.write = 2;
    note(checks(input) == (0x100 | HV_STATUS_INVALID_PARAMETER), "write-2");
    for (unsigned size = 0; size < 256; size++) {
        note((checks(access_of(SCRATCH, (uint8_t)size, true)) <= 1) == (size == 1 || size == 2 || size == 4), "size-%u", size);
    }
    note(checks(access_of(0xFFFD, 4, true)) == (0x100 | HV_STATUS_INVALID_PARAMETER), "beyond-the-last");
    note(checks(access_of(0xFFFC, 4, true)) == 0, "the-last");
}

/* Each byte of the access counts, in its direction; every processor of VTL0; nothing is above VTL1. */
void test_check(void)
{
    struct hv_input_check_io_intercept input = access_of(SCRATCH, 1, true);

    check_refusals();
    note(install(SCRATCH, HV_INTERCEPT_ACCESS_WRITE) == HV_STATUS_SUCCESS, "install");
    asks("write", SCRATCH, 1, true, true);
    asks("write", SCRATCH, 1, false, false);
    asks("before", SCRATCH - 1, 1, true, false);
    asks("touching", SCRATCH - 1, 2, true, true);
    asks("touching", SCRATCH - 3, 4, true, true);
    asks("not-touching", SCRATCH - 4, 4, true, false);
    install(SCRATCH, HV_INTERCEPT_ACCESS_READ);
    asks("read", SCRATCH, 1, true, false);
    asks("read", SCRATCH, 1, false, true);
    for (input.vp_index = 0; input.vp_index < processor_count; input.vp_index++) {
        input.write = 0;
        note(checks(input) == 1, "of-processor-%u", input.vp_index);
    }
    input.vp_index = 0;
    input.input_vtl = 0x11;
    note(checks(input) == 0, "of-vtl1");
    input.input_vtl = 0;
    note(checks(input) == 0, "own");
    install(SCRATCH, 0);
    asks("none", SCRATCH, 1, false, false);
    report_notes("io-intercept-check");
}
