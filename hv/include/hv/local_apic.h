/*
 * VTL1's local APIC on a virtual processor, in software (TLFS, "Virtual
 * Interrupts"; APM vol. 2, "Advanced Programmable Interrupt Controller"). It
 * has no sources of its own but its IPIs and its timer; the SynIC and VINA
 * raise vectors in it whether or not software has enabled it. VTL0 has the
 * machine's.
 */
#pragma once

#include <hv/types.h>

#include <stdatomic.h>

struct cpu;

#define LOCAL_APIC_LVTS 7u /* CMCI, timer, thermal, performance, LINT0, LINT1, error */

/* "Local APIC State Transitions" */
enum local_apic_mode { LOCAL_APIC_OFF, LOCAL_APIC_XAPIC, LOCAL_APIC_X2APIC };

struct local_apic {
    _Atomic uint64_t irr[4];       /* a bit a vector; other processors set them */
    uint64_t isr[4];
    _Atomic uint32_t svr, ldr, dfr; /* senders on other processors read them */
    _Atomic uint32_t mode;         /* enum local_apic_mode */
    uint32_t tpr; /* 3:0 only: the rest is CR8 */
    uint32_t icr_low, icr_high, divide, initial;
    uint32_t lvt[LOCAL_APIC_LVTS];
    uint64_t expires;              /* TSC at which the timer's count is 0; 0: it stands there */
};

static inline bool local_apic_is_x2apic(const struct local_apic *apic)
{
    return atomic_load(&apic->mode) == LOCAL_APIC_X2APIC;
}

void local_apic_reset(struct local_apic *apic);

/* An edge interrupt for VTL1 of any processor; it preempts VTL0 there as soon as VTL1's priority lets it. */
void local_apic_raise(struct cpu *target, uint8_t vector);

/* The vector that VTL1 of this processor takes next, once its CR8 and IF let it; 0: none. */
uint8_t local_apic_next(const struct cpu *cpu);

/* Whether CR8 does. Then VTL0 does not run. */
bool local_apic_interrupts(const struct cpu *cpu);

/* VTL1 has taken it: in service now, unless its source ends it by itself. */
void local_apic_taken(struct cpu *cpu, uint8_t vector);
/* Its delivery came to nothing. */
void local_apic_put_back(struct cpu *cpu, uint8_t vector);
/* End of interrupt; and the vector it would end, 0: none. */
void local_apic_end(struct local_apic *apic);
uint8_t local_apic_in_service(const struct local_apic *apic);

/* Whether it takes IPIs. */
bool local_apic_is_enabled(const struct cpu *cpu);

/*
 * Registers by their xAPIC offset, for VTL1's own accesses: by MSR (x2APIC),
 * by the page (xAPIC) or by the synthetic MSRs. False: no such register, read-only, or a bit that
 * must be zero.
 */
bool local_apic_read(const struct cpu *cpu, uint32_t offset, uint64_t *value);
bool local_apic_write(struct cpu *cpu, uint32_t offset, uint64_t value);
/* The same by a store to the page: bits that must be zero are dropped, and so is what has no register to go to. */
void local_apic_store(struct cpu *cpu, uint32_t offset, uint32_t value);
/* local_apic_page.c: VTL1's access to its page in xAPIC mode, which exited. False: there is no such page here, or now. */
bool local_apic_page_access(struct cpu *cpu, gpa_t address);

/* The timer (local_apic_timer.c): its registers, and a row of deadline.c. */
void local_apic_timer_start(struct cpu *cpu, uint32_t counts);
uint32_t local_apic_timer_count(const struct cpu *cpu);
void local_apic_timer_divide(struct cpu *cpu, uint32_t divide);
void local_apic_timer_lvt(struct cpu *cpu, uint32_t value);
void local_apic_timer_expired(struct cpu *cpu, enum vtl vtl);

/* IA32_APIC_BASE of VTL1, and whether its MSRs 800h-83Fh are there. */
uint64_t local_apic_base(const struct cpu *cpu);
bool local_apic_set_base(struct cpu *cpu, uint64_t value);
