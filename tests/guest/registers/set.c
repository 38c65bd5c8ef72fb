/* HvCallSetVpRegisters: what may be set by whom, and HvRegisterVsmPartitionConfig's and HvRegisterPendingEvent0's rules. */
#include "registers.h"

#define PENDING(vector) (HV_PENDING_EVENT_PENDING | (uint64_t)(vector) << 16)

static const uint32_t names[] = {
#define HV_VP_REGISTER(number, ...) (number),
#include <abi/vp_registers.def>
#undef HV_VP_REGISTER
};

/* What VTL1 may set of VTL0 (vsm-abi.md 5.2); private.c sets them. */
static bool is_settable(uint32_t name)
{
    static const uint32_t settable[] = {
        HV_REGISTER_RIP, HV_REGISTER_RSP, HV_REGISTER_RFLAGS, HV_REGISTER_CR0, HV_REGISTER_CR4, HV_REGISTER_DR7, HV_REGISTER_EFER,
        HV_REGISTER_KERNEL_GS_BASE, HV_REGISTER_PAT, HV_REGISTER_SYSENTER_CS, HV_REGISTER_SYSENTER_EIP, HV_REGISTER_SYSENTER_ESP,
        HV_REGISTER_STAR, HV_REGISTER_LSTAR, HV_REGISTER_CSTAR, HV_REGISTER_SFMASK, HV_REGISTER_TSC_AUX,
        HV_REGISTER_CR3, HV_REGISTER_XFEM, HV_REGISTER_DR0, HV_REGISTER_DR1, HV_REGISTER_DR2, HV_REGISTER_DR3,
        HV_REGISTER_APIC_BASE, HV_REGISTER_LDTR, HV_REGISTER_TR, HV_REGISTER_IDTR, HV_REGISTER_GDTR,
    };

    for (unsigned i = 0; i < sizeof(settable) / sizeof(settable[0]); i++) {
        if (settable[i] == name) {
            return true;
        }
    }
    return false;
}

/* What a VTL may set of itself, too: msrs.c and synthetic.c set them. */
static bool is_synthetic(uint32_t name)
{
    bool read_only = name == HV_REGISTER_VP_INDEX || name == HV_REGISTER_VP_RUNTIME || name == HV_REGISTER_TIME_REF_COUNT
        || name == HV_REGISTER_SVERSION;

    return name >= HV_REGISTER_VP_RUNTIME && name <= HV_REGISTER_STIMER3_COUNT && !read_only;
}

/* Nothing of these is applied: what could be is left out. */
static void refusals(void)
{
    for (unsigned n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
        uint32_t name = names[n];

        if (name == HV_REGISTER_VSM_VP_SECURE_CONFIG_VTL0 || name >= HV_REGISTER_CR_INTERCEPT_CONTROL) {
            continue; /* secure_config; tests/guest/register-intercept */
        }
        if (is_synthetic(name)) {
            note(set(FROM_VTL0, TARGET_VTL1, name, 0) == HV_STATUS_ACCESS_DENIED, "0x%x-vtl0-to-vtl1", name);
            continue;
        }
        uint16_t own = is_settable(name) ? HV_STATUS_ACCESS_DENIED : HV_STATUS_INVALID_PARAMETER;

        note(set(FROM_VTL0, TARGET_VTL1, name, 0) == HV_STATUS_ACCESS_DENIED, "0x%x-vtl0-to-vtl1", name);
        note(set(FROM_VTL0, TARGET_OWN, name, 0) == own, "0x%x-vtl0-to-itself", name);
        if (name != HV_REGISTER_VSM_PARTITION_CONFIG && name != HV_REGISTER_VSM_VINA) { /* tests/guest/vtl1-apic has the other */
            note(set(FROM_VTL1, TARGET_OWN, name, 0) == own, "0x%x-vtl1-to-itself", name);
        }
        if (!is_settable(name) && name != HV_REGISTER_PENDING_EVENT0) {
            note(set(FROM_VTL1, TARGET_VTL0, name, 0) == HV_STATUS_INVALID_PARAMETER, "0x%x-vtl1-to-vtl0", name);
        }
    }
    note(set(FROM_VTL1, TARGET_VTL0, 0x12345678, 0) == HV_STATUS_INVALID_PARAMETER, "unknown");
    report_notes("registers-set-refused");
}

/* One call with both elements, so that VTL0 is not run in between: RIP there and back, and a flag VTL0 then has. */
static void rip_and_flags(void)
{
    struct {
        struct hv_input_vp_registers header;
        struct hv_register_assoc elements[3];
    } input = { .header = { .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF, .input_vtl = TARGET_VTL0 } };
    uint64_t rip, flags, result;

    get(FROM_VTL1, TARGET_VTL0, HV_REGISTER_RIP, &rip);
    get(FROM_VTL1, TARGET_VTL0, HV_REGISTER_RFLAGS, &flags);
    input.elements[0] = (struct hv_register_assoc){ .name = HV_REGISTER_RIP, .value = { 0x1234, 0 } };
    input.elements[1] = (struct hv_register_assoc){ .name = HV_REGISTER_RIP, .value = { rip, 0 } };
    input.elements[2] = (struct hv_register_assoc){ .name = HV_REGISTER_RFLAGS, .value = { flags ^ UINT64_C(1) << 21, 0 } };
    result = send(FROM_VTL1, HVCALL_SET_VP_REGISTERS | HV_INPUT_REPS(3), &input, sizeof(input), NULL);
    note(result == HV_RESULT(HV_STATUS_SUCCESS, 3), "result:0x%lx", result);
    note(((read_rflags() ^ flags) & UINT64_C(1) << 21) != 0, "id-flag-not-changed:0x%lx", read_rflags());
    write_rflags(read_rflags() ^ UINT64_C(1) << 21);
    input.elements[0].value.low = rip;
    input.elements[1].pad[1] = 1;
    result = send(FROM_VTL1, HVCALL_SET_VP_REGISTERS | HV_INPUT_REPS(3), &input, sizeof(input), NULL);
    note(result == HV_RESULT(HV_STATUS_INVALID_PARAMETER, 1), "padding:0x%lx", result);
    report_notes("registers-set-rip-rflags");
}

/* No bench here has mode-based execute control, so only its absence can be confirmed. The TLB lock ends with VTL1's return. */
static void secure_config(void)
{
    uint32_t name = HV_REGISTER_VSM_VP_SECURE_CONFIG_VTL0;
    uint64_t value;

    note(set(FROM_VTL0, TARGET_OWN, name, 0) == HV_STATUS_ACCESS_DENIED, "from-vtl0");
    for (uint64_t bit = 0; bit < 64; bit++) {
        bool good = UINT64_C(1) << bit == HV_VSM_SECURE_CONFIG_TLB_LOCKED;

        note(set(FROM_VTL1, TARGET_OWN, name, UINT64_C(1) << bit) == (good ? HV_STATUS_SUCCESS : HV_STATUS_INVALID_REGISTER_VALUE),
             "bit-%lu", bit);
    }
    note(get(FROM_VTL1, TARGET_OWN, name, &value) == HV_STATUS_SUCCESS && value == 0, "locked-after-the-return:0x%lx", value);
    note(set(FROM_VTL1, TARGET_OWN, name, 0) == HV_STATUS_SUCCESS, "none");
    report_notes("registers-secure-config");
}

static void partition_config(void)
{
    uint64_t good = HV_VSM_CONFIG_ENABLE_VTL_PROTECTION | HV_MAP_GPA_ALL << 1, value;

    for (uint64_t bit = 7; bit < 64; bit++) {
        note(set(FROM_VTL1, TARGET_OWN, HV_REGISTER_VSM_PARTITION_CONFIG, good | UINT64_C(1) << bit) == HV_STATUS_INVALID_REGISTER_VALUE,
             "bit-%lu", bit);
    }
    for (uint64_t mask = 0; mask < 16; mask++) {
        if (mask != 3 && mask != 15) {
            note(set(FROM_VTL1, TARGET_OWN, HV_REGISTER_VSM_PARTITION_CONFIG, 1 | mask << 1) == HV_STATUS_INVALID_REGISTER_VALUE,
                 "mask-%lx", mask);
        }
    }
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_VSM_PARTITION_CONFIG, good) == HV_STATUS_INVALID_PARAMETER, "of-vtl0");
    note(get(FROM_VTL1, TARGET_OWN, HV_REGISTER_VSM_PARTITION_CONFIG, &value) == 0 && value == 0, "changed-by-refused:0x%lx", value);
    note(set(FROM_VTL1, TARGET_OWN, HV_REGISTER_VSM_PARTITION_CONFIG, good) == HV_STATUS_SUCCESS, "first");
    note(set(FROM_VTL1, TARGET_OWN, HV_REGISTER_VSM_PARTITION_CONFIG, good) == HV_STATUS_SUCCESS, "again");
    note(set(FROM_VTL1, TARGET_OWN, HV_REGISTER_VSM_PARTITION_CONFIG, 1 | 3 << 1) == HV_STATUS_INVALID_REGISTER_VALUE, "other-mask");
    note(set(FROM_VTL1, TARGET_OWN, HV_REGISTER_VSM_PARTITION_CONFIG, 0) == HV_STATUS_INVALID_REGISTER_VALUE, "off");
    note(get(FROM_VTL1, TARGET_OWN, HV_REGISTER_VSM_PARTITION_CONFIG, &value) == 0 && value == good, "value:0x%lx", value);
    report_notes("registers-partition-config");
}

static void set_event(const void *argument)
{
    const uint64_t *event = argument;

    set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_PENDING_EVENT0, *event);
}

static void expect_event(const char *name, uint64_t event, uint32_t vector, uint64_t error)
{
    struct probe probe;

    probe_run(&probe, (const void *)(uintptr_t)set_event, &event);
    note(probe.vector == vector && (vector == 0 || probe.error == error), "%s:vector-0x%x,error-0x%lx", name, probe.vector, probe.error);
}

void test_pending_event(void)
{
    expect_event("ud", PENDING(VECTOR_UD), GUEST_FAULT + VECTOR_UD, 0);
    expect_event("gp", PENDING(VECTOR_GP) | HV_PENDING_EVENT_DELIVER_ERROR_CODE | UINT64_C(0x48) << 32, GUEST_FAULT + VECTOR_GP, 0x48);
    expect_event("none", PENDING(VECTOR_GP) & ~HV_PENDING_EVENT_PENDING, 0, 0);
    for (unsigned vector = 0; vector < 256; vector++) {
        if (vector == 2 || vector >= 32) {
            note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_PENDING_EVENT0, PENDING(vector)) == HV_STATUS_INVALID_PARAMETER,
                 "vector-%u", vector);
        }
    }
    for (unsigned vector = 0; vector < 32; vector++) {
        bool has_code = vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21;
        uint64_t wrong = PENDING(vector) | (has_code ? 0 : HV_PENDING_EVENT_DELIVER_ERROR_CODE);

        note(vector == 2 || set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_PENDING_EVENT0, wrong) == HV_STATUS_INVALID_REGISTER_VALUE,
             "code-of-vector-%u", vector);
    }
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_PENDING_EVENT0, PENDING(VECTOR_GP) | HV_PENDING_EVENT_DELIVER_ERROR_CODE
             | UINT64_C(1) << 48) == HV_STATUS_INVALID_REGISTER_VALUE, "code-above-16-bits");
    for (unsigned bit = 1; bit < 16; bit++) {
        if (bit != 8) {
            uint16_t status = set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_PENDING_EVENT0, PENDING(VECTOR_UD) | 1u << bit);

            note(status == HV_STATUS_INVALID_REGISTER_VALUE, "bit-%u:0x%x", bit, status);
        }
    }
    report_notes("registers-pending-event");
}

void test_set(void)
{
    refusals();
    rip_and_flags();
    secure_config();
    partition_config();
}
