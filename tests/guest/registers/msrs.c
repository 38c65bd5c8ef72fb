/* The synthetic MSRs of the advertised profile, from both VTLs, and the VP registers that they are (TLFS, "Synthetic MSRs"). */
#include "registers.h"

#define READ_ONLY  1u
#define MOVES      2u /* goes on by itself */
#define APIC       4u /* VTL1 has no way to VTL0's */
#define GP (GUEST_FAULT + VECTOR_GP)

static const struct {
    const char *name;
    uint32_t msr, reg; /* reg 0: no register */
    unsigned kind;
    uint64_t bad; /* refused; 0: no such value */
} rows[] = {
    { "guest-os-id", HV_MSR_GUEST_OS_ID, HV_REGISTER_GUEST_OS_ID, 0, 0 },
    { "hypercall", HV_MSR_HYPERCALL, HV_REGISTER_HYPERCALL, 0, 0x10 },
    { "vp-index", HV_MSR_VP_INDEX, HV_REGISTER_VP_INDEX, READ_ONLY, 0 },
    { "vp-runtime", HV_MSR_VP_RUNTIME, HV_REGISTER_VP_RUNTIME, READ_ONLY | MOVES, 0 },
    { "time-ref-count", HV_MSR_TIME_REF_COUNT, HV_REGISTER_TIME_REF_COUNT, READ_ONLY | MOVES, 0 },
    { "reference-tsc", HV_MSR_REFERENCE_TSC, HV_REGISTER_REFERENCE_TSC, 0, UINT64_C(0xFEE00001) },
    { "tsc-frequency", HV_MSR_TSC_FREQUENCY, 0, READ_ONLY, 0 },
    { "apic-frequency", HV_MSR_APIC_FREQUENCY, 0, READ_ONLY, 0 },
    { "vp-assist-page", HV_MSR_VP_ASSIST_PAGE, HV_REGISTER_VP_ASSIST_PAGE, 0, 0x2 },
    { "scontrol", HV_MSR_SCONTROL, HV_REGISTER_SCONTROL, 0, 0x2 },
    { "sversion", HV_MSR_SVERSION, HV_REGISTER_SVERSION, READ_ONLY, 0 },
    { "siefp", HV_MSR_SIEFP, HV_REGISTER_SIEFP, 0, 0x2 },
    { "simp", HV_MSR_SIMP, HV_REGISTER_SIMP, 0, 0x800 },
    { "eom", HV_MSR_EOM, HV_REGISTER_EOM, 0, 0 },
    { "sint0", HV_MSR_SINT0, HV_REGISTER_SINT0, 0, 0x5 },
    { "sint15", HV_MSR_SINT15, HV_REGISTER_SINT15, 0, UINT64_C(1) << 40 },
    { "stimer0-config", HV_MSR_STIMER0_CONFIG, HV_REGISTER_STIMER0_CONFIG, 0, 0x2000 },
    { "stimer0-count", HV_MSR_STIMER0_CONFIG + 1, HV_REGISTER_STIMER0_COUNT, 0, 0 },
    { "stimer3-config", HV_MSR_STIMER3_COUNT - 1, HV_REGISTER_STIMER3_CONFIG, 0, HV_STIMER_DIRECT | 15u << 4 },
    { "tpr", HV_MSR_TPR, HV_REGISTER_TPR, APIC, 0 },
    { "reset", HV_MSR_RESET, 0, 0, 0x3 }, /* tests/system/test_reset.py writes 1 */
    { "crash-p0", HV_MSR_CRASH_P0, 0, 0, 0 },
    { "crash-p4", HV_MSR_CRASH_P4, 0, 0, 0 },
};

static uint32_t try_read(enum side side, uint32_t msr, uint64_t *value)
{
    struct answer answer;

    if (side == FROM_VTL0) {
        return try_read_msr(msr, value);
    }
    answer = vtl1(COMMAND_READ_MSR, msr, 0, 0);
    *value = answer.rax;
    return (uint32_t)answer.r9;
}

static uint32_t try_write(enum side side, uint32_t msr, uint64_t value)
{
    return side == FROM_VTL0 ? try_write_msr(msr, value) : (uint32_t)vtl1(COMMAND_WRITE_MSR, msr, value, 0).r9;
}

/* The value it has is accepted again, a bad one is not and changes nothing. */
static void one_row(unsigned n, enum side side)
{
    uint64_t before = 0, after = 0;

    note(try_read(side, rows[n].msr, &before) == 0, "%s-vtl%u:read", rows[n].name, side);
    note(try_write(side, rows[n].msr, before) == ((rows[n].kind & READ_ONLY) != 0 ? GP : 0), "%s-vtl%u:write-0x%lx", rows[n].name,
         side, before);
    if (rows[n].bad != 0) {
        note(try_write(side, rows[n].msr, rows[n].bad) == GP, "%s-vtl%u:bad-value", rows[n].name, side);
    }
    note(try_read(side, rows[n].msr, &after) == 0 && (after == before || (rows[n].kind & MOVES) != 0),
         "%s-vtl%u:changed-to-0x%lx", rows[n].name, side, after);
}

/* By its register the same, with statuses for #GP. */
static void one_register(unsigned n, enum side side, uint8_t target)
{
    enum side of = target == TARGET_OWN ? side : FROM_VTL0;
    uint64_t before = 0, value = 0, after = 0;
    uint16_t status;

    note(try_read(of, rows[n].msr, &before) == 0, "%s-of-vtl%u:msr", rows[n].name, of);
    status = get(side, target, rows[n].reg, &value);
    note(status == HV_STATUS_SUCCESS && (value == before || (rows[n].kind & MOVES) != 0), "%s-vtl%u-of-vtl%u:get-0x%x,0x%lx",
         rows[n].name, side, of, status, value);
    status = set(side, target, rows[n].reg, before);
    note(status == ((rows[n].kind & READ_ONLY) != 0 ? HV_STATUS_INVALID_PARAMETER : HV_STATUS_SUCCESS), "%s-vtl%u-of-vtl%u:set-0x%x",
         rows[n].name, side, of, status);
    if (rows[n].bad != 0) {
        status = set(side, target, rows[n].reg, rows[n].bad);
        note(status == HV_STATUS_INVALID_REGISTER_VALUE, "%s-vtl%u-of-vtl%u:bad-0x%x", rows[n].name, side, of, status);
    }
    note(try_read(of, rows[n].msr, &after) == 0 && (after == before || (rows[n].kind & MOVES) != 0), "%s-of-vtl%u:changed-to-0x%lx",
         rows[n].name, of, after);
}

static void registers(void)
{
    for (unsigned n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        if (rows[n].reg == 0) {
            continue;
        }
        one_register(n, FROM_VTL0, TARGET_OWN);
        one_register(n, FROM_VTL1, TARGET_OWN);
        if ((rows[n].kind & APIC) == 0) {
            one_register(n, FROM_VTL1, TARGET_VTL0);
        }
    }
    report_notes("registers-synthetic");
}

/* Not in the profile: neither advertised nor there. */
static void absent(enum side side)
{
    static const uint32_t msrs[] = { 0x40000011, 0x40000024, 0x40000040, 0x400000B8, 0x40000106, 0x40000107, 0x40000108, 0x40000085,
                                     0x400000A0, 0xC0010114, 0xC0010117 };
    uint64_t value;

    for (unsigned i = 0; i < sizeof(msrs) / sizeof(msrs[0]); i++) {
        note(try_read(side, msrs[i], &value) == GP, "0x%x-vtl%u:read", msrs[i], side);
        note(try_write(side, msrs[i], 0) == GP, "0x%x-vtl%u:write", msrs[i], side);
    }
}

/* There where it is offered; CPUID shows the bit to who asked. */
static void tsc_invariant(void)
{
    uint32_t features[4], power[4];
    uint64_t value = 1;
    bool offered;

    cpuid(HV_CPUID_FEATURES, features);
    offered = (features[0] & HV_FEATURE_TSC_INVARIANT) != 0;
    for (enum side side = FROM_VTL0; side <= FROM_VTL1; side++) {
        note(try_read(side, HV_MSR_TSC_INVARIANT_CONTROL, &value) == (offered ? 0 : GP) && (!offered || value == 0), "vtl%u-read", side);
        note(try_write(side, HV_MSR_TSC_INVARIANT_CONTROL, 2) == GP, "vtl%u-bad", side);
    }
    cpuid(0x80000007, power);
    note((power[3] & 1u << 8) == 0, "shown-unasked");
    note(try_write(FROM_VTL0, HV_MSR_TSC_INVARIANT_CONTROL, 1) == (offered ? 0 : GP), "write");
    cpuid(0x80000007, power);
    note((power[3] & 1u << 8) != 0 || !offered, "not-shown");
    note(try_read(FROM_VTL1, HV_MSR_TSC_INVARIANT_CONTROL, &value) == (offered ? 0 : GP) && (!offered || value == 0), "of-vtl1");
    report_notes(offered ? "registers-tsc-invariant" : "registers-tsc-not-invariant");
}

static void sint_reset_values(void)
{
    uint64_t value;

    for (uint32_t i = 0; i < 16; i++) {
        note(try_read(FROM_VTL0, HV_MSR_SINT0 + i, &value) == 0 && value == HV_SINT_RESET, "vtl0-sint%u:0x%lx", i, value);
        if (i != 0) {
            note(try_read(FROM_VTL1, HV_MSR_SINT0 + i, &value) == 0 && value == HV_SINT_RESET, "vtl1-sint%u:0x%lx", i, value);
        }
    }
    report_notes("registers-sint-reset");
}

/* Pages that VTL0 has no right to, or that are no RAM, cannot become its overlays. */
static void overlay_pages(void)
{
    static const uint32_t msrs[] = { HV_MSR_VP_ASSIST_PAGE, HV_MSR_SIMP, HV_MSR_SIEFP };
    uint8_t *page = pages_take(1, PAGE_SIZE);
    uint64_t here = (uint64_t)(uintptr_t)page | HV_MSR_PAGE_ENABLE;

    for (unsigned i = 0; i < sizeof(msrs) / sizeof(msrs[0]); i++) {
        note(try_write_msr(msrs[i], here) == 0 && try_write_msr(msrs[i], 0) == 0, "control-0x%x", msrs[i]);
        protect(page, 1, HV_MAP_GPA_READABLE);
        note(try_write_msr(msrs[i], here) == GP, "read-only-0x%x", msrs[i]);
        protect(page, 1, HV_MAP_GPA_ALL);
        note(try_write_msr(msrs[i], UINT64_C(0xFEE00000) | HV_MSR_PAGE_ENABLE) == GP, "mmio-0x%x", msrs[i]);
    }
    protect(page, 1, HV_MAP_GPA_READABLE);
    note(try_write_msr(HV_MSR_HYPERCALL, here) == GP, "hypercall-read-only");
    protect(page, 1, HV_MAP_GPA_ALL);
    note(vtl1_value(COMMAND_PING, 0, 0, 0) == GUEST_PING, "hypercall-page-lost");
    report_notes("registers-overlay-pages");
}

void test_msrs(void)
{
    sint_reset_values();
    for (enum side side = FROM_VTL0; side <= FROM_VTL1; side++) {
        for (unsigned n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
            one_row(n, side);
        }
        absent(side);
    }
    report_notes("registers-msrs");
    tsc_invariant();
    registers();
    overlay_pages();
}
