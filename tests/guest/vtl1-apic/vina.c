/*
 * VINA (TLFS, "Virtual Interrupt Notification Assist"): VTL1 is interrupted,
 * once, when VTL0 has an interrupt that VTL0 would take; VTL0 takes it later.
 */
#include "vtl1_apic.h"

#define VINA_VECTOR   0x3Au
#define ENABLED       0x100u
#define AUTO_RESET    0x200u
#define AUTO_EOI      0x400u
#define SPIN          20000u
#define APIC_IRR_TEST (0x200u + VECTOR_TEST / 32 * 0x10)

extern uint64_t vina_call(uint64_t command, uint64_t a, uint64_t b); /* call.S: STI, and in its shadow the VTL call */

static uint16_t set_vina(uint8_t target, uint64_t value)
{
    struct hv_input_vp_registers header = {
        .partition_id = HV_PARTITION_ID_SELF, .vp_index = HV_VP_INDEX_SELF, .input_vtl = target,
    };

    vtl1(COMMAND_POKE, 0, header.partition_id, 0);
    vtl1(COMMAND_POKE, 1, header.vp_index | (uint64_t)target << 32, 0);
    vtl1(COMMAND_POKE, 2, HV_REGISTER_VSM_VINA, 0);
    vtl1(COMMAND_POKE, 3, 0, 0);
    vtl1(COMMAND_POKE, 4, value, 0);
    vtl1(COMMAND_POKE, 5, 0, 0);
    return HV_RESULT_STATUS(vtl1_value(COMMAND_HYPERCALL, HVCALL_SET_VP_REGISTERS | HV_INPUT_REPS(1), 0, 0));
}

/*
 * With an interrupt of VTL0 pending: VTL1 spins with IF set. VTL0's IF as asked
 * for. How many notifications. VTL0's IF is clear outside, or the firmware's
 * timer ticks would notify too.
 */
static uint64_t spin_with_one_pending(bool vtl0_open)
{
    uint64_t before = interrupt_count[0], rounds, seen;

    vtl1(COMMAND_VECTOR_RESET, 0, 0, 0);
    apic_send(processor_self(), ICR_FIXED | VECTOR_TEST);
    while ((apic_read(APIC_IRR_TEST) & 1u << VECTOR_TEST % 32) == 0) {
        pause();
    }
    rounds = vtl0_open ? vina_call(COMMAND_SPIN, SPIN, 1) : vtl1_value(COMMAND_SPIN, SPIN, 1, 0);
    __asm__ volatile("sti\n\tnop\n\tcli" : : : "memory");
    note(rounds == SPIN, "vtl1-ran-%lu", rounds);
    note(interrupt_count[0] == before + 1, "vtl0-took-%lu", interrupt_count[0] - before);
    seen = taken(0, COUNT);
    note(seen == 0 || taken(0, 0) == VINA_VECTOR, "vector-0x%lx", taken(0, 0));
    return seen;
}

static void register_rules(void)
{
    note(set_vina(0, VINA_VECTOR | ENABLED | 0x800) == HV_STATUS_INVALID_PARAMETER, "reserved");
    note(set_vina(0, 15 | ENABLED) == HV_STATUS_INVALID_PARAMETER, "vector-15");
    note(set_vina(0x10, VINA_VECTOR) == HV_STATUS_INVALID_PARAMETER, "of-vtl0");
    report_notes("vtl1-apic-vina-register");
}

static void notified(void)
{
    note(spin_with_one_pending(true) == 0, "before-it-is-enabled");
    note(set_vina(0, VINA_VECTOR | ENABLED | AUTO_EOI) == HV_STATUS_SUCCESS, "status");
    note(spin_with_one_pending(false) == 0, "although-vtl0-has-if-clear");
    note(spin_with_one_pending(true) == 1, "not-notified");
    note(spin_with_one_pending(true) == 0, "although-asserted");
    note(vtl1_value(COMMAND_VINA, 0, 0, 0) == 1, "status-not-asserted");
    note(spin_with_one_pending(true) == 1, "not-notified-again");
    note(vtl1_value(COMMAND_VINA, 0, 0, 0) == 1, "status-not-asserted-again");
    note(vtl1_msr(X2APIC_ISR1) == 0, "auto-eoi");
    report_notes("vtl1-apic-vina");
}

static void resets(void)
{
    note(set_vina(0, VINA_VECTOR | ENABLED | AUTO_RESET) == HV_STATUS_SUCCESS, "status");
    note(spin_with_one_pending(true) == 1, "not-notified");
    note(vtl1_msr(X2APIC_ISR1) == BIT_OF(VINA_VECTOR), "not-in-service");
    vtl1_set_msr(X2APIC_EOI, 0);
    note(spin_with_one_pending(true) == 1, "not-reset");
    vtl1_set_msr(X2APIC_EOI, 0);
    note(set_vina(0, 0) == HV_STATUS_SUCCESS, "off");
    note(spin_with_one_pending(true) == 0, "although-off");
    report_notes("vtl1-apic-vina-auto-reset");
}

void test_vina(void)
{
    __asm__ volatile("cli" : : : "memory");
    register_rules();
    notified();
    resets();
    __asm__ volatile("sti" : : : "memory");
}
