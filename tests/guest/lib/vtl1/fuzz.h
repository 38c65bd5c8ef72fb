/* The fuzzer inside VTL1, and the model of what VTL0 may do with the pages it changes. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <fuzz/fuzz.h>
#include <guest/registers.h>

#include "cpu.h"

/* The FUZZ commands of guest/commands.h. False: another command. */
bool fuzz_command(struct cpu *cpu, struct vtl_registers *r, uint64_t *answer);

/* state_keep.c: what a run may have changed of VTL0 and of VTL1 is put back, but for what VTL0 lives with. */
void state_keep(void);
void state_put_back(struct fuzzer *fuzzer, bool everything);
uint64_t state_value_near(struct fuzzer *fuzzer, uint32_t name);
