/* The SynIC of VTL1: its message page and SINT0 (TLFS, "Secure Intercepts"). */
#pragma once

#include <hv/cpu.h>

#include <abi/tlfs.h>

/*
 * Puts the message into slot 0 of VTL1's message page on this processor, raises
 * SINT0 and switches to VTL1. A slot that is not free gets the pending flag only.
 * False: VTL1 is not up on this processor or has no message page.
 */
bool synic_post(struct cpu *cpu, const struct hv_message *message);

/* Whether a SINT of the VTL has the vector, with AutoEOI. */
bool synic_ends(const struct cpu *cpu, enum vtl vtl, uint8_t vector);
