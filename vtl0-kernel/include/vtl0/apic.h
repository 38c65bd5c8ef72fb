/* The local APIC of the processor that calls, through its memory page (xAPIC), and its timer. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Maps the page, masks the 8259s. Panics when the APIC is in x2APIC mode or off. Boot processor, once. */
void apic_init(void);

/* Enables this processor's APIC with everything but fixed interrupts masked. */
void apic_load(void);

uint32_t apic_id(void);
void apic_end_of_interrupt(void);

/* Whether the interrupt with this vector waits for its end-of-interrupt. */
bool apic_in_service(uint8_t vector);

/* Fixed interrupt to one processor. */
void apic_send(uint32_t target, uint8_t vector);

/* INIT (level assert) and start-up with the 4 KiB page number of the code. */
void apic_send_init(uint32_t target);
void apic_send_startup(uint32_t target, uint8_t page);

/* Only attacks send these. */
void apic_send_init_all_others(void);
void apic_send_nmi(uint32_t target);

/* The raw timer: counts down from count once, masked. */
void apic_timer_measure_start(void);
uint32_t apic_timer_measure_elapsed(void);

/* Periodic interrupts with VECTOR_TIMER on this processor. */
void apic_timer_start(uint32_t hertz);

/* How long ago the periodic timer ran out, in its own counts; a whole period is not seen. */
uint32_t apic_timer_lateness(void);
