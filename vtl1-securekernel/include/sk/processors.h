/* The further processors' way into VTL1. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * Prepares processors 1..count-1 and enables VTL1 on each; it starts at
 * processor_start with that processor's next VTL call. False: out of memory or
 * refused by the hypervisor (logged). First processor, at boot.
 */
bool processors_enable(uint32_t count);
