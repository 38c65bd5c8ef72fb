/*
 * Registers of the local APIC, the I/O APIC and the HPET that send messages of
 * any kind: each is written as an attacker would and read back. What was there
 * is put back at once.
 */
#include "attack_rows.h"

#include <vtl0/x86.h>

#define LVT_TIMER      0x320u
#define INITIAL_COUNT  0x380u
#define IOAPIC_SELECT  UINT64_C(0xFEC00000)
#define IOAPIC_WINDOW  UINT64_C(0xFEC00010)
#define HPET_PAGE      UINT64_C(0xFED00000)
#define ENTRY_MASKED   (1u << 16)
#define SENDS(v)       (((v) & ENTRY_MASKED) == 0 ? (v) >> 8 & 7u : 0u)
#define POLLS          10000u

static volatile uint32_t *device(uint64_t address)
{
    return (volatile uint32_t *)(uintptr_t)address;
}

/* Whatever it was to set off has come by then. */
static void let_time_pass(void)
{
    for (unsigned i = 0; i < POLLS; i++) {
        (void)inb(0x80);
    }
}

static void judge(const struct attack *attack, bool taken, uint32_t wanted, uint32_t after, struct attack_result *result)
{
    result->rip_advanced = true;
    result->outcome = taken ? OUTCOME_OK : OUTCOME_REFUSED;
    attack_detail(result, "register=%x,told=%x,has=%x", (unsigned)(uint32_t)attack->number, wanted, after);
}

/* An entry of a local vector table takes effect when it has the mode and is not masked. attack->number: register, value. */
void attack_local_vector(const struct attack *attack, struct attack_result *result)
{
    volatile uint32_t *entry = device(ATTACK_APIC_PAGE + (uint32_t)attack->number);
    uint32_t wanted = (uint32_t)(attack->number >> 32), before, after;
    bool on = interrupts_save();

    before = *entry;
    *entry = wanted;
    after = *entry;
    *entry = before;
    if ((uint32_t)attack->number == LVT_TIMER) {
        *device(ATTACK_APIC_PAGE + INITIAL_COUNT) = *device(ATTACK_APIC_PAGE + INITIAL_COUNT); /* a mode that was another stopped it */
    }
    interrupts_restore(on);
    judge(attack, SENDS(after) == SENDS(wanted) && (after & ENTRY_MASKED) == (wanted & ENTRY_MASKED), wanted, after, result);
}

/* The same of a redirection entry of the I/O APIC. attack->number: index of its low register, value. */
void attack_redirection(const struct attack *attack, struct attack_result *result)
{
    uint32_t wanted = (uint32_t)(attack->number >> 32), before, after;
    bool on = interrupts_save();

    *device(IOAPIC_SELECT) = (uint32_t)attack->number;
    before = *device(IOAPIC_WINDOW);
    *device(IOAPIC_WINDOW) = wanted;
    after = *device(IOAPIC_WINDOW);
    *device(IOAPIC_WINDOW) = before;
    interrupts_restore(on);
    judge(attack, SENDS(after) == SENDS(wanted) && (after & ENTRY_MASKED) == (wanted & ENTRY_MASKED), wanted, after, result);
}

/* A register that must keep what it had. attack->number: register, value. */
static void keep(uint64_t page, const struct attack *attack, struct attack_result *result)
{
    volatile uint32_t *at = device(page + (uint32_t)attack->number);
    uint32_t wanted = (uint32_t)(attack->number >> 32), before, after;
    bool on = interrupts_save();

    before = *at;
    *at = wanted;
    after = *at;
    *at = before;
    interrupts_restore(on);
    judge(attack, after != before, wanted, after, result);
}

void attack_apic_register(const struct attack *attack, struct attack_result *result)
{
    keep(ATTACK_APIC_PAGE, attack, result);
}

void attack_hpet_register(const struct attack *attack, struct attack_result *result)
{
    keep(HPET_PAGE, attack, result);
}

/* An interrupt of another kind to the processor itself; going on is the refusal. attack->number: ICR's low half. */
void attack_command(const struct attack *attack, struct attack_result *result)
{
    *device(ATTACK_APIC_PAGE + 0x300) = (uint32_t)attack->number;
    let_time_pass();
    result->rip_advanced = true;
    result->outcome = OUTCOME_REFUSED;
    attack_detail(result, "still-here");
}

/* attack->number: where in the local APIC's megabyte; the data is a message of kind SMI. */
void attack_message_store(const struct attack *attack, struct attack_result *result)
{
    struct probe probe = { .code = (uint64_t)(uintptr_t)probe_write, .rax = 0x200, .rdi = ATTACK_APIC_PAGE + attack->number };

    probe_call(&probe);
    let_time_pass();
    attack_judge(&probe, true, result);
}
