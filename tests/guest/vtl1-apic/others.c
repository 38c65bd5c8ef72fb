/*
 * Interrupts for other processors: VTL1 to VTL1 by its APIC and by hypercall,
 * whatever VTL0 does there; VTL0 to VTL0, VTL1 to VTL0; VTL0 never to VTL1.
 */
#include "vtl1_apic.h"

#include <lib/string.h>

#define TO_VTL0 0x10u
#define TO_VTL1 0x11u
#define FAST    HV_INPUT_FAST

static volatile uint64_t phase, reached, halt_at; /* halt_at: interrupts of processor 1 before it halts */
static uint64_t expected; /* taken by VTL1 of processor 1 */

static void wait_phase(uint64_t wanted)
{
    while (phase < wanted) {
        pause();
    }
}

/* Processor 1: its APIC on, then VTL0 with IF clear, in HLT, and with IF set. */
static void target(void *argument)
{
    static const uint8_t vectors[] = { 0x25, 0x34, 0x35 };
    uint64_t interrupts;

    (void)argument;
    vtl1(COMMAND_VECTOR_RESET, 0, 0, 0);
    for (uint32_t i = 0; i < sizeof(vectors); i++) {
        vtl1(COMMAND_WRITE_MSR, HV_MSR_SINT0 + 3 + i, vectors[i] | HV_SINT_AUTO_EOI, 0);
    }
    vtl1(COMMAND_WRITE_MSR, MSR_APIC_BASE, vtl1_value(COMMAND_READ_MSR, MSR_APIC_BASE, 0, 0) | 0x400, 0);
    reached = 1;
    wait_phase(1); /* its APIC is still disabled */
    vtl1(COMMAND_WRITE_MSR, X2APIC_SVR, 0x1FF, 0);
    reached = 2;
    __asm__ volatile("cli" : : : "memory");
    wait_phase(2);
    __asm__ volatile("sti" : : : "memory");
    reached = 3;
    wait_phase(3);
    interrupts = halt_at;
    while (interrupt_count[1] == interrupts) {
        __asm__ volatile("sti\n\thlt" : : : "memory"); /* VTL1's wake it, and VTL0's end it */
    }
    reached = 4;
    wait_phase(4);
}

static bool arrives(uint8_t vector)
{
    expected++;
    for (uint64_t end = read_tsc() + (UINT64_C(4) << 30); taken(1, COUNT) < expected && read_tsc() < end;) {
        pause();
    }
    return taken(1, COUNT) == expected && taken(1, expected - 1) == vector;
}

static uint64_t ipi(enum guest_command how, uint64_t vector, uint8_t vtl, uint64_t mask)
{
    uint64_t first = vector | (uint64_t)vtl << 32;

    if (how == COMMAND_HYPERCALL_RAW) {
        return vtl1_value(how, HVCALL_SEND_SYNTHETIC_CLUSTER_IPI | FAST, first, mask);
    }
    return hypercall(HVCALL_SEND_SYNTHETIC_CLUSTER_IPI | FAST, first, mask);
}

#define FROM_VTL1 COMMAND_HYPERCALL_RAW
#define FROM_VTL0 COMMAND_PING /* by itself */

static void vtl1_to_vtl1(void)
{
    vtl1_set_msr(X2APIC_ICR, UINT64_C(1) << 32 | 0x24);
    note(ipi(FROM_VTL1, 0x24, 0, 2) == HV_STATUS_SUCCESS, "disabled:status");
    note(taken(1, COUNT) == 0, "taken-by-a-disabled-apic");
    phase = 1;
    note(wait_for(&reached, 2), "phase-1");
    vtl1_set_msr(X2APIC_ICR, UINT64_C(1) << 32 | 0x25);
    note(arrives(0x25), "by-icr-over-if-clear");
    note(ipi(FROM_VTL1, 0x34, 0, 2) == HV_STATUS_SUCCESS && arrives(0x34), "by-hypercall");
    phase = 2;
    note(wait_for(&reached, 3), "phase-2");
    report_notes("vtl1-apic-to-vtl1");
}

static void refusals(void)
{
    note(ipi(FROM_VTL0, 0x35, TO_VTL1, 2) == HV_STATUS_ACCESS_DENIED, "vtl0-to-vtl1");
    note(ipi(FROM_VTL0, 15, 0, 1) == HV_STATUS_INVALID_PARAMETER, "vector-15");
    note(ipi(FROM_VTL0, 0x100, 0, 1) == HV_STATUS_INVALID_PARAMETER, "vector-256");
    note(ipi(FROM_VTL0, 0x90, 0x12, 1) == HV_STATUS_INVALID_PARAMETER, "vtl-2");
    note(ipi(FROM_VTL0, 0x90 | UINT64_C(1) << 40, 0, 1) == HV_STATUS_INVALID_PARAMETER, "reserved");
    note(taken(1, COUNT) == expected, "vtl0-reached-vtl1");
    report_notes("vtl1-apic-ipi-refused");
}

static struct hv_input_assert_interrupt *assertion;

static uint64_t assert_from_vtl1(uint64_t control, uint64_t destination, uint32_t vector, uint8_t vtl)
{
    struct hv_input_assert_interrupt input = { HV_PARTITION_ID_SELF, control, destination, vector, vtl, { 0 } };
    uint64_t words[4];

    memcpy(words, &input, sizeof(words));
    memcpy(assertion, &input, sizeof(input));
    for (unsigned i = 0; i < 4; i++) {
        vtl1(COMMAND_POKE, i, words[i], 0);
    }
    return vtl1_value(COMMAND_HYPERCALL, HVCALL_ASSERT_VIRTUAL_INTERRUPT, 0, 0);
}

static void to_vtl0(void)
{
    uint64_t before = interrupt_count[1], nmis = nmi_count[1];
    struct {
        struct hv_input_send_ipi_ex header;
        uint64_t bank;
    } *set = (void *)pages_take(1, PAGE_SIZE);

    note(ipi(FROM_VTL0, VECTOR_TEST, 0, 2) == HV_STATUS_SUCCESS && wait_for(&interrupt_count[1], before + 1), "vtl0-to-vtl0");
    note(ipi(FROM_VTL1, VECTOR_TEST, TO_VTL0, 2) == HV_STATUS_SUCCESS && wait_for(&interrupt_count[1], before + 2), "vtl1-to-vtl0");
    set->header = (struct hv_input_send_ipi_ex){ .vector = VECTOR_TEST, .processors = { .format = HV_VP_SET_SPARSE, .valid_banks = 1 } };
    set->bank = 2;
    note(hypercall(HVCALL_SEND_SYNTHETIC_CLUSTER_IPI_EX | UINT64_C(1) << 17, (uint64_t)(uintptr_t)set, 0) == HV_STATUS_SUCCESS
         && wait_for(&interrupt_count[1], before + 3), "by-set");
    note(assert_from_vtl1(HV_INTERRUPT_FIXED, 1, VECTOR_TEST, 0) == HV_STATUS_SUCCESS, "assert-status");
    note(wait_for(&interrupt_count[1], before + 4), "asserted");
    note(assert_from_vtl1(HV_INTERRUPT_NMI, 1, 0, 0) == HV_STATUS_SUCCESS && wait_for(&nmi_count[1], nmis + 1), "nmi");
    note(assert_from_vtl1(5, 1, 0, 0) == HV_STATUS_INVALID_PARAMETER, "init");
    note(assert_from_vtl1(HV_INTERRUPT_FIXED, 1, VECTOR_TEST, 1) == HV_STATUS_INVALID_PARAMETER, "to-vtl1");
    note(assert_from_vtl1(HV_INTERRUPT_FIXED, 77, VECTOR_TEST, 0) == HV_STATUS_INVALID_PARAMETER, "to-nobody");
    note(hypercall(HVCALL_ASSERT_VIRTUAL_INTERRUPT, (uint64_t)(uintptr_t)assertion, 0) == HV_STATUS_ACCESS_DENIED, "from-vtl0");
    note(interrupt_count[1] == before + 4 && nmi_count[1] == nmis + 1, "more-than-sent");
    report_notes("vtl1-apic-to-vtl0");
}

/* Out of HLT: VTL1 runs, VTL0 goes on behind its HLT, and is woken by its own interrupts. */
static void out_of_halt(void)
{
    halt_at = interrupt_count[1];
    phase = 3;
    for (unsigned i = 0; i < 3; i++) {
        delay_us(2000); /* for it to be in its HLT; it need not be */
        vtl1_set_msr(X2APIC_ICR, UINT64_C(2) << 32 | 0x800 | 0x35); /* the second of cluster 0 */
        note(arrives(0x35), "by-logical-id-%u", i);
    }
    note(reached == 3, "vtl0-has-gone-on");
    apic_send(1, ICR_FIXED | VECTOR_TEST);
    note(wait_for(&reached, 4), "vtl0-not-woken");
    phase = 4;
    report_notes("vtl1-apic-out-of-halt");
}

void test_other_processors(void)
{
    if (processor_count < 2) {
        return;
    }
    assertion = (void *)pages_take(1, PAGE_SIZE);
    note(processor_start(1, target, NULL) && wait_for(&reached, 1), "processor-1");
    vtl1_to_vtl1();
    refusals();
    to_vtl0();
    out_of_halt();
    report("vtl1-apic-end", processor_wait(1), "-");
}
