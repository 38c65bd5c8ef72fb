/* The fuzzer inside VTL1, and the model of what VTL0 may do with the pages it changes. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <fuzz/fuzz.h>
#include <guest/registers.h>

#include "cpu.h"

/* The FUZZ commands of guest/commands.h. False: another command. */
bool fuzz_command(struct cpu *cpu, struct vtl_registers *r, uint64_t *answer);

/* From then on interrupts of any vector may come: its timers, its interrupt commands. */
bool fuzz_has_run(void);

/* At an intercept. True: it is the one that a run provoked, and served. */
bool fuzz_intercepted(struct cpu *cpu);

/* state_keep.c: what a run may have changed of VTL0 and of VTL1 is put back, but for what VTL0 lives with. */
void state_keep(void);
void state_put_back(struct fuzzer *fuzzer, bool everything);
/* VTL0's next entry is at the address, where it must end at once, with any values of registers that its entry is checked for. */
void state_disturb(struct fuzzer *fuzzer, uint64_t rip);
/* VTL0's next entry delivers an exception, if what is made up is one. */
void state_event(struct fuzzer *fuzzer);
uint64_t state_value_near(struct fuzzer *fuzzer, uint32_t name);
