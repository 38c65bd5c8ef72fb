/*
 * There is no clock a trustlet can trust. VTL1 has no clock of its own; the
 * time stamp counter can be set by VTL0 (WRMSR), which also decides whether and
 * when a trustlet runs at all. Ticks are for measuring oneself and for hints,
 * never for the age of a credential, a lockout or a nonce.
 */
#pragma once

#include <stdint.h>

/*
 * The time stamp counter, but never less than the last answer in this process:
 * when VTL0 sets it back, ticks stand still until it has caught up. The unit is
 * the processor's; its rate is not known here. A VTL0-influenced hint.
 */
uint64_t ium_ticks(void);
