/* Synthetic registers that VTL1 sets for VTL0, here and on another processor, and what VTL0 may not (TLFS, "HV_REGISTER_NAME"). */
#include "registers.h"

#define DIRECT (HV_STIMER_DIRECT | (uint64_t)VECTOR_TEST << 4 | HV_STIMER_AUTO_ENABLE)
#define SINT   5u

static volatile uint64_t ready;

/* With IF = 1, for some seconds. */
static bool interrupted(uint64_t before)
{
    volatile uint64_t *count = &interrupt_count[processor_self()];
    uint64_t flags = read_rflags();
    bool came;

    __asm__ volatile("sti" : : : "memory");
    came = wait_for(count, before + 1);
    write_rflags(flags);
    return came;
}

/* VTL1 arms a timer of VTL0; a time that is long past expires with VTL0's next entry. */
static void timer_of_vtl0(void)
{
    uint64_t before = interrupt_count[0];

    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_STIMER1_CONFIG, DIRECT) == HV_STATUS_SUCCESS, "config");
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_STIMER1_COUNT, 1) == HV_STATUS_SUCCESS, "count");
    note(interrupted(before), "no-interrupt");
    note(read_msr(HV_MSR_STIMER0_CONFIG + 2) == DIRECT, "config-0x%lx", read_msr(HV_MSR_STIMER0_CONFIG + 2));
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_STIMER1_CONFIG, 0) == HV_STATUS_SUCCESS, "off");
    report_notes("registers-timer-of-vtl0");
}

/* Page by page with VTL0's rights, though it is VTL1 who asks; and what VTL0 has already is not given up for it. */
static void pages_of_vtl0(void)
{
    static const uint32_t names[] = { HV_REGISTER_VP_ASSIST_PAGE, HV_REGISTER_SIMP, HV_REGISTER_SIEFP, HV_REGISTER_REFERENCE_TSC };
    uint64_t *page = (uint64_t *)pages_take(1, PAGE_SIZE), here = (uint64_t)(uintptr_t)page | HV_MSR_PAGE_ENABLE, value;

    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        *page = 0x5A5A;
        protect(page, 1, HV_MAP_GPA_READABLE);
        note(set(FROM_VTL1, TARGET_VTL0, names[i], here) == HV_STATUS_INVALID_REGISTER_VALUE, "0x%x-read-only", names[i]);
        note(get(FROM_VTL0, TARGET_OWN, names[i], &value) == HV_STATUS_SUCCESS && value != here, "0x%x-0x%lx", names[i], value);
        note(*page == 0x5A5A, "0x%x-written", names[i]);
        protect(page, 1, HV_MAP_GPA_ALL);
        get(FROM_VTL0, TARGET_OWN, names[i], &value);
        note(set(FROM_VTL1, TARGET_VTL0, names[i], here) == HV_STATUS_SUCCESS, "0x%x-set", names[i]);
        note(set(FROM_VTL1, TARGET_VTL0, names[i], value) == HV_STATUS_SUCCESS, "0x%x-back", names[i]);
        note(try_write_msr(HV_MSR_SIEFP, read_msr(HV_MSR_SIEFP)) == 0, "0x%x-msr", names[i]);
    }
    protect(page, 1, HV_MAP_GPA_READABLE);
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_HYPERCALL, here) == HV_STATUS_INVALID_REGISTER_VALUE, "hypercall-read-only");
    protect(page, 1, HV_MAP_GPA_ALL);
    note(vtl1_value(COMMAND_PING, 0, 0, 0) == GUEST_PING, "hypercall-page-lost");
    report_notes("registers-pages-of-vtl0");
}

/* VTL1 moves VTL0's hypercall page, and VTL0 calls through it; then back. It must not be in the page meanwhile. */
static void hypercall_page_of_vtl0(void)
{
    uint8_t *page = pages_take(1, PAGE_SIZE);
    uint64_t old, here = (uint64_t)(uintptr_t)page, entry = vtl_call_entry - hypercall_page, was = hypercall_page;

    get(FROM_VTL1, TARGET_VTL0, HV_REGISTER_HYPERCALL, &old);
    note(old == read_msr(HV_MSR_HYPERCALL), "value-0x%lx", old);
    vtl_call_entry = 0;
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_HYPERCALL, here | HV_MSR_PAGE_ENABLE) == HV_STATUS_SUCCESS, "moved");
    hypercall_page = here;
    vtl_call_entry = here + entry;
    note(vtl1_value(COMMAND_PING, 0, 0, 0) == GUEST_PING, "no-call");
    vtl_call_entry = 0;
    note(set(FROM_VTL1, TARGET_VTL0, HV_REGISTER_HYPERCALL, old) == HV_STATUS_SUCCESS, "back");
    hypercall_page = was;
    vtl_call_entry = was + entry;
    note(vtl1_value(COMMAND_PING, 0, 0, 0) == GUEST_PING && *(volatile uint32_t *)page == 0, "not-back");
    report_notes("registers-hypercall-page-of-vtl0");
}

/* VTL0's local APIC from VTL1; each VTL's own. */
static void local_apics(void)
{
    uint64_t value;

    for (uint32_t name = HV_REGISTER_EOI; name <= HV_REGISTER_TPR; name++) {
        note(set(FROM_VTL1, TARGET_VTL0, name, 0) == HV_STATUS_ACCESS_DENIED, "0x%x", name);
    }
    for (enum side side = FROM_VTL0; side <= FROM_VTL1; side++) {
        note(set(side, TARGET_OWN, HV_REGISTER_TPR, 0x20) == HV_STATUS_SUCCESS, "vtl%u-tpr", side);
        note(get(side, TARGET_OWN, HV_REGISTER_TPR, &value) == HV_STATUS_SUCCESS && value == 0x20, "vtl%u-tpr-0x%lx", side, value);
        note(set(side, TARGET_OWN, HV_REGISTER_TPR, 0) == HV_STATUS_SUCCESS, "vtl%u-tpr-back", side);
        note(set(side, TARGET_OWN, HV_REGISTER_EOI, 0) == HV_STATUS_SUCCESS, "vtl%u-eoi", side);
    }
    value = interrupt_count[0];
    note(set(FROM_VTL0, TARGET_OWN, HV_REGISTER_ICR, ICR_SELF | ICR_FIXED | VECTOR_TEST) == HV_STATUS_SUCCESS, "icr");
    note(interrupted(value), "icr:no-interrupt");
    report_notes("registers-local-apics");
}

static void wait_here(void *argument)
{
    volatile bool *came = argument;
    uint64_t before = interrupt_count[1];

    ready = 1;
    *came = interrupted(before);
}

/* A timer and a SINT of VTL0 on the processor that runs there; VTL0 itself may not. */
static void another_processor(void)
{
    static volatile bool came;
    uint64_t value;

    ready = 0;
    note(processor_start(1, wait_here, (void *)&came) && wait_for(&ready, 1), "processor-1");
    for (uint32_t name = HV_REGISTER_SINT0; name <= HV_REGISTER_EOM; name++) {
        note(get_of(FROM_VTL0, 1, TARGET_OWN, name, &value) == HV_STATUS_ACCESS_DENIED && value == 0, "get-0x%x-from-vtl0", name);
        note(set_of(FROM_VTL0, 1, TARGET_OWN, name, 0)
                 == (name == HV_REGISTER_SVERSION ? HV_STATUS_INVALID_PARAMETER : HV_STATUS_ACCESS_DENIED), "set-0x%x-from-vtl0", name);
    }
    note(set_of(FROM_VTL0, 1, TARGET_OWN, HV_REGISTER_STIMER0_COUNT, 1) == HV_STATUS_ACCESS_DENIED, "timer-from-vtl0");
    note(get_of(FROM_VTL0, 1, TARGET_OWN, HV_REGISTER_VP_INDEX, &value) == HV_STATUS_SUCCESS && value == 1, "index-from-vtl0");
    note(set_of(FROM_VTL1, 1, TARGET_VTL0, HV_REGISTER_SINT0 + SINT, 0x77) == HV_STATUS_SUCCESS, "sint");
    note(get_of(FROM_VTL1, 1, TARGET_VTL0, HV_REGISTER_SINT0 + SINT, &value) == HV_STATUS_SUCCESS && value == 0x77, "sint-0x%lx", value);
    note(read_msr(HV_MSR_SINT0 + SINT) != 0x77, "sint-here");
    note(set_of(FROM_VTL1, 1, TARGET_VTL0, HV_REGISTER_SINT0 + SINT, HV_SINT_RESET) == HV_STATUS_SUCCESS, "sint-back");
    note(set_of(FROM_VTL1, 1, TARGET_VTL0, HV_REGISTER_STIMER0_CONFIG, DIRECT) == HV_STATUS_SUCCESS, "config");
    note(set_of(FROM_VTL1, 1, TARGET_VTL0, HV_REGISTER_STIMER0_COUNT, 1) == HV_STATUS_SUCCESS, "count");
    note(processor_wait(1) && came, "no-interrupt-there");
    note(set_of(FROM_VTL1, 1, TARGET_VTL1, HV_REGISTER_SINT0 + SINT, 0x78) == HV_STATUS_SUCCESS, "sint-of-vtl1");
    note(get_of(FROM_VTL1, 1, TARGET_VTL1, HV_REGISTER_SINT0 + SINT, &value) == HV_STATUS_SUCCESS && value == 0x78, "vtl1-0x%lx", value);
    note(set_of(FROM_VTL1, 1, TARGET_VTL1, HV_REGISTER_SINT0 + SINT, HV_SINT_RESET) == HV_STATUS_SUCCESS, "sint-of-vtl1-back");
    report_notes("registers-synthetic-elsewhere");
}

void test_synthetic(void)
{
    timer_of_vtl0();
    pages_of_vtl0();
    hypercall_page_of_vtl0();
    local_apics();
    if (processor_count > 1) {
        another_processor();
    }
}
