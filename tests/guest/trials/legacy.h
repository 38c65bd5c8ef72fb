/* One interrupt of the 8254 through the 8259, which reaches the processor as ExtINT: no TPR holds it back. */
#pragma once

#include <stdbool.h>

#define LEGACY_VECTOR 0x60

/* Fires it, and waits until the 8259 has it pending. */
void legacy_timer_once(void);

/* Whether the 8259 still has it pending. */
bool legacy_pending(void);

/* Masks LINT0 of the calling processor's APIC; masks all lines in the 8259; opens LINT0 and the 8254's line. */
void legacy_mask_local(void);
void legacy_mask(void);
void legacy_unmask(void);
