/* What entry.S calls. */
#pragma once

#include "cpu.h"

void boot_first(struct vtl_registers *registers);
void boot_further(struct vtl_registers *registers);
void entered(struct vtl_registers *registers);
