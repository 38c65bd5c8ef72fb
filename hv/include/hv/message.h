/*
 * The SynIC of either VTL: messages in the slots of its SIMP, and the
 * interrupts of its SINTs (TLFS, "SynIC Message Page", "Synthetic Interrupt
 * Sources"). Secure intercepts are in hv/synic.h.
 */
#pragma once

#include <hv/cpu.h>

#include <abi/tlfs.h>

/*
 * Puts the message into the slot of that SINT and raises the SINT's interrupt, unless it is masked or polled. False: the
 * slot is occupied (its pending flag is set now), or there is none; the caller tries again at EOM.
 */
bool message_post(struct cpu *cpu, enum vtl vtl, unsigned sint, const struct hv_message *message);

/* An edge interrupt of the VTL's on this processor; one of VTL1 ends VTL0's turn at once, whatever VTL0's IF says. */
void synthetic_interrupt(struct cpu *cpu, enum vtl vtl, uint8_t vector, bool auto_eoi);
