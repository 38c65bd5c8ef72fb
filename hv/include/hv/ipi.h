/* Interrupts that a VTL sends by hypercall. Status. */
#pragma once

#include <hv/hypercall_parameters.h>

uint16_t call_send_ipi(struct cpu *cpu, const struct call *call);
uint16_t call_assert_interrupt(struct cpu *cpu, const struct hv_input_assert_interrupt *input);
