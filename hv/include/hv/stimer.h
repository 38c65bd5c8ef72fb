/* Synthetic timers of a virtual processor, four a VTL (TLFS, "Synthetic Timers"). */
#pragma once

#include <hv/cpu.h>

/* The MSRs STIMER0_CONFIG to STIMER3_COUNT of the VTL. False: a value that does not exist. */
bool stimer_write(struct cpu *cpu, enum vtl vtl, uint32_t msr, uint64_t value);
uint64_t stimer_read(const struct cpu *cpu, enum vtl vtl, uint32_t msr);

/* Those of the VTL whose time has come: messages and interrupts. */
void stimers_expired(struct cpu *cpu, enum vtl vtl);

/* Messages of the VTL that found no place are tried again. */
void stimers_retry(struct cpu *cpu, enum vtl vtl);

/* INIT: VTL0's timers are off. */
void stimers_reset(struct cpu *cpu, enum vtl vtl);
