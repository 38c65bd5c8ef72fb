/* This processor's synthetic interrupt controller and VP assist page in VTL1 (TLFS, "Virtual Interrupt Controller"). */
#pragma once

#include <stdbool.h>

#include <sk/cpu.h>

/*
 * Enables the assist page, the message page, SINT0 and the controller of this
 * processor, and finds the hypercall page's VTL return entry. The hypercall
 * page must be enabled. False: the hypervisor refused.
 *
 * SINT0's vector is raised with each intercept and taken at the entry that it
 * causes: left waiting it would bring VTL1 back at once. The message in slot 0
 * is the signal. AutoEOI, so that nothing waits for an EOI. VINA is enabled
 * too: it interrupts ring 3 when VTL0 has an interrupt waiting; and so is the call timer.
 */
bool synic_enable(struct cpu *cpu);
