#pragma once

#include "cpu.h"

/* Entered because of a message in slot 0: keeps it, then does as the policy of this processor says. */
void intercept_serve(struct cpu *cpu, struct vtl_registers *registers);

/* Entered by an interrupt: that of a message in slot 0, or another, which is only let in. */
void interrupt_serve(struct cpu *cpu, struct vtl_registers *registers);

/* Frees slot 0 and writes EOM. The flags that were in it. */
uint64_t intercept_release(struct cpu *cpu);
