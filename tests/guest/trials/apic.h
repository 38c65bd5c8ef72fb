/* The local APIC in xAPIC mode, by its page. */
#pragma once

#include <stdint.h>

#define APIC_BASE 0xFEE00000u
#define APIC_ID 0x20
#define APIC_VERSION 0x30
#define APIC_TPR 0x80
#define APIC_EOI 0xB0
#define APIC_SVR 0xF0
#define APIC_ISR 0x100
#define APIC_IRR 0x200
#define APIC_ICR_LOW 0x300
#define APIC_ICR_HIGH 0x310
#define APIC_LVT_TIMER 0x320
#define APIC_LVT_LINT0 0x350
#define APIC_TIMER_INITIAL 0x380
#define APIC_TIMER_CURRENT 0x390
#define APIC_TIMER_DIVIDE 0x3E0

#define ICR_FIXED 0x4000u
#define ICR_NMI 0x4400u
#define ICR_INIT 0x4500u
#define ICR_STARTUP 0x4600u

#define TIMER_VECTOR 0x40

static inline uint32_t apic_read(uint32_t offset)
{
    return *(volatile uint32_t *)(uintptr_t)(APIC_BASE + offset);
}

static inline void apic_write(uint32_t offset, uint32_t value)
{
    *(volatile uint32_t *)(uintptr_t)(APIC_BASE + offset) = value;
}

/* One bit of ISR or IRR. */
static inline unsigned apic_vector_bit(uint32_t bank, uint8_t vector)
{
    return apic_read(bank + (vector / 32u) * 16u) >> (vector % 32u) & 1u;
}

/* Software-enables the calling processor's APIC, TPR 0, timer masked. */
void apic_enable(void);

/* Sends command (an ICR low word) to the APIC with this physical id. */
void apic_send(uint8_t to, uint32_t command);

/* Arms the timer once, or periodically, with count ticks at divider 1. */
void apic_timer_once(uint32_t count);
void apic_timer_periodic(uint32_t count);

/* Waits, with interrupts off, until the timer's vector stands in IRR. */
int apic_timer_wait_pending(void);

/* Masks the timer and completes what may be in service. */
void apic_timer_stop(void);
