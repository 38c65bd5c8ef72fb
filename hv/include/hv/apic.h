/*
 * The local APIC as VTL0 sees it (F13): reads of the page pass, every write
 * is decoded and comes here. Only fixed and lowest-priority IPIs reach the
 * hardware; INIT, SIPI and NMI become requests to the target's hypervisor.
 */
#pragma once

#include <hv/cpu.h>

void apic_init(struct cpu *cpu);

/* A 32-bit write of VTL0 at offset of its APIC page. False: not a write VTL0 may make (#GP). */
bool apic_write(struct cpu *cpu, uint32_t offset, uint32_t value);
uint32_t apic_read(uint32_t offset);

/* VTL0's read of its APIC page, where it exits. */
uint32_t apic_vtl0_read(struct cpu *cpu, uint32_t offset);

/* The hypervisor's own write to this processor's APIC. */
void apic_put(uint32_t offset, uint32_t value);

/* A fixed interrupt of VTL0 to this processor itself. */
void apic_send_self(uint8_t vector);

/* Whether a vector just acknowledged was the APIC's answer to having none: it is not in service and wants no EOI. */
bool apic_is_spurious(uint8_t vector);

/* Whether a logical destination means a processor with these registers. */
bool apic_matches_logical(uint32_t ldr, uint32_t dfr, uint8_t destination);

/* Puts this processor's local APIC into its state after INIT. */
void apic_reset(struct cpu *cpu);

/* A physical NMI to a processor. VTL0's ICR2 is put back after each. */
void apic_send_nmi(struct cpu *self, uint32_t apic_id);
/* An interrupt for VTL0 of a processor, as by its own IPI. */
void apic_send_fixed(struct cpu *self, uint32_t apic_id, uint8_t vector);

/* INIT and start-up of the active processor's VTL0 (APM vol. 2, "Processor Initialization State"). */
void vp_init(struct cpu *cpu);
void vp_startup(struct cpu *cpu, uint8_t vector);
void vp_start(struct cpu *cpu); /* into cpu->start */
