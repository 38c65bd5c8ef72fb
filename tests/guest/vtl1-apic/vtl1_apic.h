/* The parts of the payload. */
#pragma once

#include "guest.h"

#define GP (GUEST_FAULT + VECTOR_GP)

#define MSR_APIC_BASE 0x1Bu
#define X2APIC_ID     0x802u
#define X2APIC_TPR    0x808u
#define X2APIC_PPR    0x80Au
#define X2APIC_EOI    0x80Bu
#define X2APIC_SVR    0x80Fu
#define X2APIC_ISR1   0x811u /* vectors 20h-3Fh */
#define X2APIC_IRR1   0x821u
#define X2APIC_ICR    0x830u
#define X2APIC_SELF   0x83Fu

/* The same in the page. */
#define PAGE_ID       0x20u
#define PAGE_TPR      0x80u
#define PAGE_PPR      0xA0u
#define PAGE_EOI      0xB0u
#define PAGE_LDR      0xD0u
#define PAGE_DFR      0xE0u
#define PAGE_SVR      0xF0u
#define PAGE_ISR1     0x110u
#define PAGE_IRR1     0x210u
#define PAGE_ICR      0x300u
#define PAGE_ICR_HIGH 0x310u
#define PAGE_TIMER    0x320u
#define PAGE_INITIAL  0x380u
#define PAGE_DIVIDE   0x3E0u

#define BIT_OF(vector) (UINT64_C(1) << ((vector) & 31))
#define COUNT          UINT64_MAX

/* VTL1's MSRs on this processor; a fault fails the test. */
uint64_t vtl1_msr(uint32_t msr);
void vtl1_set_msr(uint32_t msr, uint64_t value);
/* The fault of a write, 0: none. */
uint64_t vtl1_try(uint32_t msr, uint64_t value);
/* Its APIC page. */
uint32_t page_read(uint32_t offset);
void page_write(uint32_t offset, uint32_t value);
/* How many VTL1 of a processor has taken, or which the n-th was. */
uint64_t taken(uint32_t processor, uint64_t n);

void test_page(void);
void test_page_ipi(void);
void test_registers(void);
void test_priorities(void);
void test_other_processors(void);
void test_vina(void);
void test_timer(void);
