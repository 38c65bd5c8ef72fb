/*
 * HvCallStartVirtualProcessor and DenyLowerVtlStartup (TLFS, "Starting Virtual
 * Processors"): a processor starts where the caller says, again and again,
 * never out of VTL1, and only while VTL1 lets VTL0 start anybody. The
 * firmware's own use of the processors ends with this test.
 */
#include "startvp.h"

#include <lib/string.h>

#define SETTLE_US 100000u
#define STACK     4096u

/* Where a processor lands. */
static volatile struct landing {
    uint64_t starts, beats, cr3, rflags, interface, gs_base;
} landings[MAX_PROCESSORS];

static uint8_t *stacks;
static uint8_t *input;

static void landed(void)
{
    volatile struct landing *landing = &landings[processor_self()];
    uint32_t leaf[4];

    cpuid(HV_CPUID_INTERFACE, leaf);
    landing->interface = leaf[0];
    landing->cr3 = read_cr3();
    landing->rflags = read_rflags();
    landing->gs_base = read_msr(0xC0000101);
    __atomic_fetch_add(&landing->starts, 1, __ATOMIC_SEQ_CST);
    for (;;) {
        landing->beats++;
        pause();
    }
}

/* This processor's own mode and tables, with a null stack segment, as LVBS has it. */
static struct hv_input_enable_vp_vtl good(uint32_t index)
{
    struct hv_x64_segment_register data = { .limit = 0xFFFFFFFF, .selector = (uint16_t)read_ds(), .attributes = 0xC093 };
    struct table_pointer gdt = read_gdt(), idt = read_idt();

    return (struct hv_input_enable_vp_vtl){
        .partition_id = HV_PARTITION_ID_SELF, .vp_index = index,
        .context = {
            .rip = (uint64_t)(uintptr_t)landed, .rsp = (uint64_t)(uintptr_t)stacks + (index + 1) * STACK - 8, .rflags = 2,
            .cs = { .limit = 0xFFFFFFFF, .selector = (uint16_t)read_cs(), .attributes = 0xA09B },
            .ds = data, .es = data, .fs = data, .gs = { .base = 0x123000 + index, .attributes = 0x4093 },
            .idtr = { .limit = idt.limit, .base = idt.base }, .gdtr = { .limit = gdt.limit, .base = gdt.base },
            .efer = read_msr(0xC0000080), .cr0 = read_cr0(), .cr3 = read_cr3(), .cr4 = read_cr4(),
            .msr_cr_pat = read_msr(0x277),
        },
    };
}

/* The input begins at any address of the first of two pages. */
static uint16_t start_at(const struct hv_input_enable_vp_vtl *how, unsigned offset)
{
    memcpy(input + offset, how, sizeof(*how));
    return HV_RESULT_STATUS(hypercall(HVCALL_START_VIRTUAL_PROCESSOR, (uint64_t)(uintptr_t)input + offset, 0));
}

uint16_t start(const struct hv_input_enable_vp_vtl *how)
{
    return start_at(how, 0);
}

static uint16_t start_from_vtl1(const struct hv_input_enable_vp_vtl *how)
{
    uint64_t words[sizeof(*how) / 8];

    memcpy(words, how, sizeof(words));
    for (size_t i = 0; i < sizeof(words) / 8; i++) {
        vtl1(COMMAND_POKE, i, words[i], 0);
    }
    return HV_RESULT_STATUS(vtl1_value(COMMAND_HYPERCALL, HVCALL_START_VIRTUAL_PROCESSOR, 0, 0));
}

static bool beats(uint32_t index)
{
    return wait_for(&landings[index].beats, landings[index].beats + 1);
}

static void check_landing(const char *how, uint32_t index, uint64_t starts)
{
    volatile struct landing *landing = &landings[index];

    note(wait_for(&landing->starts, starts), "%s:processor-%u-not-started", how, index);
    note(landing->interface == HV_CPUID_INTERFACE_HV1, "%s:processor-%u-left-the-hypervisor", how, index);
    note(landing->cr3 == read_cr3(), "%s:processor-%u-cr3-0x%lx", how, index, landing->cr3);
    note((landing->rflags & 0x200) == 0, "%s:processor-%u-rflags-0x%lx", how, index, landing->rflags);
    note(landing->gs_base == 0x123000 + index, "%s:processor-%u-gs-0x%lx", how, index, landing->gs_base);
    note(beats(index), "%s:processor-%u-stands-still", how, index);
    note(landing->starts == starts, "%s:processor-%u-starts-%lu", how, index, landing->starts);
}

static void refusals(void)
{
    static const struct {
        size_t offset, size;
        uint64_t value;
        uint16_t status;
    } bad[] = {
        { 0, 8, 5, HV_STATUS_INVALID_PARTITION_ID }, { 8, 4, 0, HV_STATUS_INVALID_VP_INDEX },
        { 8, 4, HV_VP_INDEX_SELF, HV_STATUS_INVALID_VP_INDEX }, { 8, 4, 0xFFFFFFFF, HV_STATUS_INVALID_VP_INDEX },
        { 8, 4, MAX_PROCESSORS, HV_STATUS_INVALID_VP_INDEX }, { 12, 1, 1, HV_STATUS_ACCESS_DENIED },
        { 12, 1, 2, HV_STATUS_INVALID_PARAMETER }, { 13, 1, 1, HV_STATUS_INVALID_PARAMETER },
        { 15, 1, 1, HV_STATUS_INVALID_PARAMETER }, { 16, 8, UINT64_C(1) << 62, HV_STATUS_INVALID_REGISTER_VALUE },
        { 16 + 24 + 14, 2, 0xC09B, HV_STATUS_INVALID_REGISTER_VALUE },
        { 16 + 104 + 14, 2, 0xC0F3, HV_STATUS_INVALID_REGISTER_VALUE }, { 16 + 184, 8, 0, HV_STATUS_INVALID_REGISTER_VALUE },
        { 16 + 192, 8, 0x10, HV_STATUS_INVALID_REGISTER_VALUE }, { 16 + 200, 8, UINT64_C(1) << 63, HV_STATUS_INVALID_REGISTER_VALUE },
        { 16 + 208, 8, UINT64_C(1) << 40, HV_STATUS_INVALID_REGISTER_VALUE }, { 16 + 216, 8, 2, HV_STATUS_INVALID_REGISTER_VALUE },
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct hv_input_enable_vp_vtl how = good(1);

        memcpy((uint8_t *)&how + bad[i].offset, &bad[i].value, bad[i].size);
        note(start(&how) == bad[i].status, "offset-%zu", bad[i].offset);
    }
    note(HV_RESULT_STATUS(hypercall(HVCALL_START_VIRTUAL_PROCESSOR | HV_INPUT_FAST, 0, 0)) == HV_STATUS_INVALID_HYPERCALL_INPUT, "fast");
    delay_us(SETTLE_US);
    note(landings[1].starts == 0, "started-by-a-refused-call");
    report_notes("startvp-refused");
}

/* Each processor out of the firmware's idle loop, and then out of its own. */
static void twice(void)
{
    for (uint32_t i = 1; i < processor_count; i++) {
        struct hv_input_enable_vp_vtl how = good(i);

        note(start(&how) == HV_STATUS_SUCCESS, "processor-%u", i);
        check_landing("first", i, 1);
        note(start(&how) == HV_STATUS_SUCCESS, "processor-%u-again", i);
        check_landing("again", i, 2);
        note(start_from_vtl1(&how) == HV_STATUS_SUCCESS, "processor-%u-from-vtl1", i);
        check_landing("from-vtl1", i, 3);
        how.target_vtl = 1; /* its VTL1 has run */
        note(start_from_vtl1(&how) == HV_STATUS_INVALID_VP_STATE, "processor-%u-into-vtl1", i);
    }
    report_notes("startvp-started");
}

/* Misaligned, and over the end of a page: in its header, in its code segment, in its last byte. */
static void anywhere(void)
{
    static const unsigned offsets[] = { 3, PAGE_SIZE - 13, PAGE_SIZE - 45, PAGE_SIZE - 239, PAGE_SIZE - 240 };

    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        struct hv_input_enable_vp_vtl how = good(1);
        uint64_t starts = landings[1].starts;

        memset(input, 0xEE, 2 * PAGE_SIZE);
        note(start_at(&how, offsets[i]) == HV_STATUS_SUCCESS, "offset-%u", offsets[i]);
        check_landing("anywhere", 1, starts + 1);
        how.context.msr_cr_pat = 2;
        note(start_at(&how, offsets[i]) == HV_STATUS_INVALID_REGISTER_VALUE, "last-field-at-%u", offsets[i]);
    }
    report_notes("startvp-input-anywhere");
}

/* What waits for a start-up interrupt starts as well, and a start-up that follows is ignored. */
static void from_wait(void)
{
    struct hv_input_enable_vp_vtl how = good(1);
    uint64_t starts = landings[1].starts;

    apic_send(1, ICR_INIT);
    delay_us(SETTLE_US);
    note(start(&how) == HV_STATUS_SUCCESS, "status");
    check_landing("after-init", 1, starts + 1);
    apic_send(1, ICR_STARTUP | 0x10);
    delay_us(1000);
    note(beats(1) && landings[1].starts == starts + 1, "taken-by-sipi");
    report_notes("startvp-after-init");
}

static void stay_in_vtl1(void *argument)
{
    (void)argument;
    vtl1(COMMAND_STAY, 0, 0, 0);
}

/* Before the others: the processor still is the firmware's. It is in VTL1 and leaves it by itself; then it starts. */
static void waits_for_vtl1(void)
{
    struct hv_input_enable_vp_vtl how = good(1);

    landings[1].starts = 0;
    note(processor_start(1, stay_in_vtl1, NULL), "processor-1");
    while (vtl1_value(COMMAND_STAYING, 0, 0, 0) == 0) {
        pause();
    }
    note(start(&how) == HV_STATUS_SUCCESS, "status");
    delay_us(SETTLE_US);
    note(vtl1_value(COMMAND_STAYING, 0, 0, 0) == 1, "vtl1-interrupted");
    note(landings[1].starts == 0, "started-out-of-vtl1");
    vtl1(COMMAND_LET_GO, 0, 0, 0);
    check_landing("after-vtl1", 1, 1);
    note(vtl1_value(COMMAND_STAYING, 0, 0, 0) == 0, "still-staying");
    landings[1].starts = 0;
    report_notes("startvp-waits-for-vtl1");
}

static uint16_t configure(uint64_t value)
{
    struct hv_input_vp_registers header = { .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF };
    uint64_t words[6] = { 0, 0, HV_REGISTER_VSM_PARTITION_CONFIG, 0, value, 0 };

    memcpy(words, &header, sizeof(header));
    for (size_t i = 0; i < 6; i++) {
        vtl1(COMMAND_POKE, i, words[i], 0);
    }
    return HV_RESULT_STATUS(vtl1_value(COMMAND_HYPERCALL, HVCALL_SET_VP_REGISTERS | HV_INPUT_REPS(1), 0, 0));
}

static void denied(void)
{
    struct hv_input_enable_vp_vtl how = good(1);
    uint64_t starts = landings[1].starts;

    note(configure(0x1F | HV_VSM_CONFIG_DENY_LOWER_VTL_STARTUP) == HV_STATUS_SUCCESS, "deny");
    note(start(&how) == HV_STATUS_ACCESS_DENIED, "not-denied");
    apic_send(1, ICR_INIT);
    delay_us(SETTLE_US);
    note(beats(1), "stopped-by-init");
    note(landings[1].starts == starts, "started");
    note(start_from_vtl1(&how) == HV_STATUS_SUCCESS, "vtl1-denied");
    check_landing("by-vtl1", 1, starts + 1);
    note(configure(0x1F) == HV_STATUS_SUCCESS, "allow");
    note(start(&how) == HV_STATUS_SUCCESS, "still-denied");
    check_landing("allowed", 1, starts + 2);
    report_notes("startvp-denied");
}

void guest_test(void)
{
    if (processor_count < 2) {
        report("startvp", false, "needs-two-processors");
        return;
    }
    stacks = pages_take(MAX_PROCESSORS, PAGE_SIZE);
    input = pages_take(2, PAGE_SIZE);
    refusals();
    waits_for_vtl1();
    twice();
    anywhere();
    start_protected();
    from_wait();
    denied();
}
