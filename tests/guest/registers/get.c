/* Every register of abi/vsm.list, read from each VTL about each VTL. */
#include "registers.h"

static const struct {
    uint32_t name;
    bool vsm; /* exists for every VTL; the others only for a lower one */
} names[] = {
#define HV_VP_REGISTER(number, ...) { (number), (number) >= 0x00090000 },
#include <abi/vp_registers.def>
#undef HV_VP_REGISTER
};

/* EOI is not to be read at all; and VTL1 does not reach VTL0's local APIC. */
static uint16_t expected_of_apic(uint32_t name, enum side side, bool about_vtl1)
{
    if (name == HV_REGISTER_EOI) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    return side == FROM_VTL1 && !about_vtl1 ? HV_STATUS_ACCESS_DENIED : HV_STATUS_SUCCESS;
}

/* Those that are not to be read everywhere. */
static uint16_t expected(unsigned n, enum side side, uint8_t target)
{
    bool about_vtl1 = target == TARGET_VTL1 || (target == TARGET_OWN && side == FROM_VTL1);

    if (side == FROM_VTL0 && target == TARGET_VTL1) {
        return HV_STATUS_ACCESS_DENIED;
    }
    if (names[n].name >= HV_REGISTER_EOI && names[n].name <= HV_REGISTER_TPR) {
        return expected_of_apic(names[n].name, side, about_vtl1);
    }
    if (names[n].name == HV_REGISTER_PENDING_EVENT0) {
        return HV_STATUS_INVALID_PARAMETER; /* write-only */
    }
    if (names[n].name == HV_REGISTER_VSM_VP_SECURE_CONFIG_VTL0) {
        return side == FROM_VTL1 ? HV_STATUS_SUCCESS : HV_STATUS_ACCESS_DENIED;
    }
    if (names[n].name == HV_REGISTER_VSM_PARTITION_CONFIG || names[n].name == HV_REGISTER_VSM_VINA) {
        return about_vtl1 ? HV_STATUS_SUCCESS : HV_STATUS_INVALID_PARAMETER;
    }
    if (names[n].name >= HV_REGISTER_CR_INTERCEPT_CONTROL) {
        return about_vtl1 ? HV_STATUS_SUCCESS : HV_STATUS_ACCESS_DENIED; /* tests/guest/register-intercept sets them */
    }
    return names[n].vsm || (side == FROM_VTL1 && !about_vtl1) ? HV_STATUS_SUCCESS : HV_STATUS_ACCESS_DENIED;
}

static void statuses(void)
{
    static const uint8_t targets[] = { TARGET_OWN, TARGET_VTL0, TARGET_VTL1, 0x01 /* bit 4 clear: own */ };

    for (unsigned n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
        for (unsigned t = 0; t < sizeof(targets); t++) {
            for (enum side side = FROM_VTL0; side <= FROM_VTL1; side++) {
                uint8_t target = targets[t] == 0x01 ? TARGET_OWN : targets[t];
                uint64_t value;
                uint16_t status = get(side, targets[t], names[n].name, &value);

                note(status == expected(n, side, target), "0x%x-from-vtl%u-target-0x%x:0x%x", names[n].name, side, targets[t], status);
                note(status == HV_STATUS_SUCCESS || value == 0 || side == FROM_VTL1 || target != TARGET_VTL1, "0x%x-leaks", names[n].name);
            }
        }
    }
    report_notes("registers-get-statuses");
}

static void expect_value(const char *name, enum side side, uint8_t target, uint32_t reg, uint64_t expected_value)
{
    uint64_t value = ~expected_value;
    uint16_t status = get(side, target, reg, &value);

    note(status == HV_STATUS_SUCCESS && value == expected_value, "%s:status-0x%x,0x%lx-not-0x%lx", name, status, value, expected_value);
}

/* VTL0's state at its last VTL call, as VTL1 reads it. */
static void values_of_vtl0(void)
{
    uint64_t value, efer = read_msr(0xC0000080);

    expect_value("cr0", FROM_VTL1, TARGET_VTL0, HV_REGISTER_CR0, read_cr0());
    expect_value("cr3", FROM_VTL1, TARGET_VTL0, HV_REGISTER_CR3, read_cr3());
    expect_value("cr4", FROM_VTL1, TARGET_VTL0, HV_REGISTER_CR4, read_cr4());
    expect_value("efer", FROM_VTL1, TARGET_VTL0, HV_REGISTER_EFER, efer);
    expect_value("assist-page", FROM_VTL1, TARGET_VTL0, HV_REGISTER_VP_ASSIST_PAGE, read_msr(HV_MSR_VP_ASSIST_PAGE));
    expect_value("own-assist-page", FROM_VTL1, TARGET_OWN, HV_REGISTER_VP_ASSIST_PAGE,
                 vtl1_value(COMMAND_READ_MSR, HV_MSR_VP_ASSIST_PAGE, 0, 0));
    get(FROM_VTL1, TARGET_VTL0, HV_REGISTER_RIP, &value);
    note(value > vtl_call_entry && value < vtl_call_entry + 16, "rip:0x%lx", value); /* behind the stub's VMMCALL */
    get(FROM_VTL1, TARGET_VTL0, HV_REGISTER_RSP, &value);
    note(value < read_rsp() && value > read_rsp() - 0x1000, "rsp:0x%lx", value);
    get(FROM_VTL1, TARGET_VTL0, HV_REGISTER_RFLAGS, &value);
    note((value & 0x202) == (read_rflags() & 0x202), "rflags:0x%lx", value);
    write_cr2(0x5A5A5000);
    expect_value("cr2", FROM_VTL1, TARGET_VTL0, HV_REGISTER_CR2, 0x5A5A5000);
    expect_value("rcx", FROM_VTL1, TARGET_VTL0, HV_REGISTER_RCX, HVCALL_GET_VP_REGISTERS | HV_INPUT_REPS(1)); /* shared */
    report_notes("registers-get-values");
}

static void vsm_values(void)
{
    uint64_t offsets = 0;

    for (enum side side = FROM_VTL0; side <= FROM_VTL1; side++) {
        expect_value("partition-status", side, TARGET_OWN, HV_REGISTER_VSM_PARTITION_STATUS, 3 | UINT64_C(1) << 16);
        expect_value("vp-status", side, TARGET_OWN, HV_REGISTER_VSM_VP_STATUS, side | UINT64_C(3) << 16);
        expect_value("capabilities", side, TARGET_OWN, HV_REGISTER_VSM_CAPABILITIES, HV_VSM_CAPABILITIES_DENY_STARTUP);
        expect_value("vp-index", side, TARGET_OWN, HV_REGISTER_VP_INDEX, 0);
        get(side, TARGET_OWN, HV_REGISTER_VSM_CODE_PAGE_OFFSETS, &offsets);
        note((offsets & 0xFFF) != 0 && (offsets >> 12 & 0xFFF) != 0 && offsets >> 24 == 0, "offsets:0x%lx", offsets);
    }
    expect_value("config-before", FROM_VTL1, TARGET_OWN, HV_REGISTER_VSM_PARTITION_CONFIG, 0);
    report_notes("registers-get-vsm");
}

struct get_input {
    struct hv_input_vp_registers header;
    uint32_t names[4];
};

static struct get_input good(void)
{
    return (struct get_input){ { .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF },
                               { HV_REGISTER_VP_INDEX, HV_REGISTER_VSM_VP_STATUS, 0, 0 } };
}

static void expect(const char *name, enum side side, const struct get_input *input, uint64_t control, uint16_t status, unsigned reps)
{
    uint64_t result = send(side, HVCALL_GET_VP_REGISTERS | control, input, sizeof(*input), NULL);

    note(result == HV_RESULT(status, reps), "%s-from-vtl%u:0x%lx", name, side, result);
}

static void header_errors(enum side side)
{
    struct get_input input = good();

    expect("control", side, &input, HV_INPUT_REPS(2), HV_STATUS_SUCCESS, 2);
    expect("second-unknown", side, &input, HV_INPUT_REPS(3), HV_STATUS_INVALID_PARAMETER, 2);
    expect("from-the-second", side, &input, HV_INPUT_REPS(2) | UINT64_C(1) << 48, HV_STATUS_SUCCESS, 2);
    /* The addresses of input and output are the header then. */
    expect("fast", side, &input, HV_INPUT_REPS(1) | HV_INPUT_FAST, HV_STATUS_INVALID_PARTITION_ID, 0);
    expect("no-reps", side, &input, 0, HV_STATUS_INVALID_HYPERCALL_INPUT, 0);
    expect("too-many", side, &input, HV_INPUT_REPS(1024), HV_STATUS_INVALID_ALIGNMENT, 0);
    input.header.partition_id = 7;
    expect("partition", side, &input, HV_INPUT_REPS(1), HV_STATUS_INVALID_PARTITION_ID, 0);
    input = good();
    input.header.vp_index = processor_count;
    expect("vp-index", side, &input, HV_INPUT_REPS(1), HV_STATUS_INVALID_VP_INDEX, 0);
    input.header.vp_index = 0xFFFFFFFF;
    expect("any-vp", side, &input, HV_INPUT_REPS(1), HV_STATUS_INVALID_VP_INDEX, 0);
    input.header.vp_index = 0;
    expect("own-index", side, &input, HV_INPUT_REPS(1), HV_STATUS_SUCCESS, 1);
    input = good();
    input.header.input_vtl = 0x12;
    expect("vtl-2", side, &input, HV_INPUT_REPS(1), HV_STATUS_INVALID_PARAMETER, 0);
    input.header.input_vtl = 0x20;
    expect("vtl-reserved", side, &input, HV_INPUT_REPS(1), HV_STATUS_INVALID_PARAMETER, 0);
}

void test_get(void)
{
    vsm_values();
    statuses();
    values_of_vtl0();
    header_errors(FROM_VTL0);
    header_errors(FROM_VTL1);
    report_notes("registers-get-errors");
}
