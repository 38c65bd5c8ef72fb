/*
 * Time since this boot, by the hypervisor's clock (ium_time): VTL0 cannot set
 * it, forward or back, but decides whether and when a trustlet runs at all, so what was read may be old by now. It says
 * nothing of the date. The TPM's clock, which goes on over reboots, is in
 * ium/fresh.h (clock). Ticks are the processor's own counter, at a rate that
 * is not known here: for measuring oneself, never for the age of a credential,
 * a lockout or a nonce.
 */
#pragma once

#include <stdint.h>

/* Units of 100 ns since this boot. 0: the manifest does not name GET_TIME. */
uint64_t ium_time(void);

/*
 * The time stamp counter, but never less than the last answer in this process:
 * when VTL0 sets it back, ticks stand still until it has caught up. The unit is
 * the processor's; its rate is not known here. A VTL0-influenced hint.
 */
uint64_t ium_ticks(void);
