/* This processor's synthetic interrupt controller and VP assist page in VTL1 (TLFS, "Virtual Interrupt Controller"). */
#pragma once

#include <stdbool.h>

#include <sk/cpu.h>

/*
 * Enables the assist page, the message page, SINT0 and the controller of this
 * processor, and finds the hypercall page's VTL return entry. The hypercall
 * page must be enabled. False: the hypervisor refused.
 *
 * SINT0's vector is raised with each intercept, but VTL1 runs with interrupts
 * off and never takes it: the message in slot 0 is the signal, the vector only
 * forces the switch. AutoEOI, so that nothing waits for an EOI either.
 */
bool synic_enable(struct cpu *cpu);
