/* How fast the processor's clocks are, while the firmware is alive and owns the 8254. */
#pragma once

#include <hv/handoff.h>

#include <stdbool.h>

/* Fills tsc_frequency and apic_frequency. False, after one error line: there is nothing to measure against. */
bool clock_measure(struct hv_handoff *handoff);
