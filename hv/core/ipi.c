/*
 * HvCallSendSyntheticClusterIpi, its Ex form and HvCallAssertVirtualInterrupt
 * (TLFS, "Virtual Interrupts"). An interrupt for VTL0 goes through the
 * machine's local APICs, one for VTL1 into VTL1's own. A VTL interrupts itself
 * and lower ones: VTL0 never VTL1.
 */
#include <hv/ipi.h>

#include <hv/apic.h>
#include <hv/hypercall_input.h>
#include <hv/interrupts.h>
#include <hv/local_apic.h>
#include <hv/mutant.h>
#include <hv/partition.h>
#include <hv/shootdown.h>
#include <hv/vp_set.h>

#define LAST_VECTOR 255u

static void send(struct cpu *self, struct cpu *target, enum vtl vtl, uint8_t vector)
{
    if (vtl == VTL0) {
        apic_send_fixed(self, target->public.apic_id, vector);
    } else if (local_apic_is_enabled(target)) {
        local_apic_raise(target, vector);
    }
}

static uint16_t check(const struct cpu *cpu, const struct hv_input_send_ipi *input, enum vtl *vtl)
{
    if (input->vector < FIRST_VECTOR || input->vector > LAST_VECTOR || !input_vtl(cpu, input->input_vtl, vtl)) {
        return HV_STATUS_INVALID_PARAMETER;
    }
    return *vtl > cpu->active && !mutant_is(MUTANT_IPI_TO_VTL1) ? HV_STATUS_ACCESS_DENIED : HV_STATUS_SUCCESS;
}

uint16_t call_send_ipi(struct cpu *cpu, const struct call *call)
{
    const struct hv_input_send_ipi *input = &call->header.send_ipi;
    uint64_t processors = input->processors;
    enum vtl vtl;
    uint16_t status = check(cpu, input, &vtl);

    if (status == HV_STATUS_SUCCESS && call->row->kind == SIMPLE_VAR) {
        status = vp_set_read(cpu, call, &call->header.send_ipi_ex.processors, &processors);
    }
    for (uint32_t i = 0; status == HV_STATUS_SUCCESS && i < partition.boot.processor_count; i++) {
        if ((processors >> i & 1) != 0 && cpus[i] != NULL) {
            send(cpu, cpus[i], vtl, (uint8_t)input->vector);
        }
    }
    return status;
}

static bool is_meant(const struct cpu *target, const struct hv_input_assert_interrupt *input)
{
    if ((input->control & HV_INTERRUPT_LOGICAL) == 0) {
        return input->destination == target->public.apic_id;
    }
    return input->destination <= 0xFF && apic_matches_logical(atomic_load(&target->public.ldr), atomic_load(&target->public.dfr),
                                                              (uint8_t)input->destination);
}

static bool assert_is_valid(const struct hv_input_assert_interrupt *input)
{
    uint32_t type = (uint32_t)input->control;
    bool fixed = type == HV_INTERRUPT_FIXED && input->vector >= FIRST_VECTOR && input->vector <= LAST_VECTOR;

    return (fixed || type == HV_INTERRUPT_NMI) && (input->control >> 32 & ~(HV_INTERRUPT_LOGICAL >> 32)) == 0
        && input->target_vtl == VTL0;
}

uint16_t call_assert_interrupt(struct cpu *cpu, const struct hv_input_assert_interrupt *input)
{
    bool any = false;

    for (uint32_t i = 0; i < partition.boot.processor_count && assert_is_valid(input); i++) {
        if (cpus[i] == NULL || !is_meant(cpus[i], input)) {
            continue;
        }
        any = true;
        if ((uint32_t)input->control == HV_INTERRUPT_NMI) {
            cpu_request(cpus[i], REQUEST_NMI);
        } else {
            apic_send_fixed(cpu, cpus[i]->public.apic_id, (uint8_t)input->vector);
        }
    }
    return any ? HV_STATUS_SUCCESS : HV_STATUS_INVALID_PARAMETER;
}
