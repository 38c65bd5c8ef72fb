/*
 * Exceptions that are somebody's business: ring 3's end its process, an armed
 * probe's are its result, those of an instruction in the fix-up table go on
 * at the table's landing. All others end the kernel.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <vtl0/trap.h>

void exception_handle(struct trap_frame *frame);

/* false (and no effect) when the instruction faulted. */
bool rdmsr_safe(uint32_t msr, uint64_t *value);
bool wrmsr_safe(uint32_t msr, uint64_t value);
