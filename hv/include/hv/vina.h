/*
 * Virtual interrupt notification assist (TLFS, "Virtual Interrupt Notification
 * Assist"): VTL1 is interrupted, once, when VTL0 has an interrupt that it would take.
 */
#pragma once

#include <hv/cpu.h>

/* HvRegisterVsmVina of VTL1. False: a bit that must be zero, or a vector below 16. */
bool vina_set(struct cpu *cpu, uint64_t value);

/* Before each entry of VTL1: raises the vector if it is time. */
void vina_check(struct cpu *cpu);

/* Whether VTL1 waits to be told: then physical interrupts end its run. */
bool vina_watches(struct cpu *cpu);

/* VTL1 is entered from VTL0: with auto-reset the notification is withdrawn. */
void vina_entered(struct cpu *cpu);

/* Whether the vector is VINA's and ends itself. */
bool vina_ends(const struct cpu *cpu, uint8_t vector);
