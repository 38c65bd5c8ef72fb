/* I/O ports that reach memory, other consoles or the machine's sleep. */
#include "attack_internal.h"

#include <vtl0/acpi.h>
#include <vtl0/pages.h>
#include <vtl0/paging.h>
#include <vtl0/x86.h>

#define SYSTEM_CONTROL_A 0x92u
#define A20_ON           0x02u
#define BIT_20           (1u << 20)

#define SLEEP_ENABLE     (1u << 13)
#define SLEEP_TYPE_SHIFT 10
#define SLEEP_POLLS      10000u

/*
 * The A20 gate masks bit 20 of the physical address behind the second-level
 * tables, so that a page of VTL0's would answer with the content of one 1 MiB
 * below it.
 */
void attack_a20(const struct attack *attack, struct attack_result *result)
{
    static volatile uint64_t *low; /* the pool has no way back for two MiB */
    volatile uint64_t *high;
    uint8_t before = inb(SYSTEM_CONTROL_A);
    bool on;
    uint64_t seen;

    (void)attack;
    low = low != NULL ? low : pages_alloc(2 * BIT_20 / PAGE_SIZE, 2 * BIT_20);
    high = low + BIT_20 / sizeof(*low);
    on = interrupts_save();
    *low = 1;
    *high = 2;
    outb(SYSTEM_CONTROL_A, (uint8_t)(before & ~(A20_ON | 1u))); /* bit 0 is a reset */
    seen = *high;
    outb(SYSTEM_CONTROL_A, before & 0xFE);
    interrupts_restore(on);
    result->outcome = seen == 2 ? OUTCOME_REFUSED : OUTCOME_OK;
    result->rip_advanced = true;
    attack_detail(result, "port92-before=%x", (unsigned)before);
}

/* A port of another trust level's console: natively a register, to VTL0 an empty bus. attack->number: the port. */
void attack_hidden_port(const struct attack *attack, struct attack_result *result)
{
    uint8_t seen = inb((uint16_t)attack->number);

    result->rip_advanced = true;
    result->outcome = seen == 0xFF ? OUTCOME_REFUSED : OUTCOME_OK;
    attack_detail(result, "read=%x", (unsigned)seen);
}

/*
 * Suspend to RAM: whoever wakes the machine owns what is in its memory. The
 * machine going on is the refusal; otherwise there is no next line.
 */
void attack_sleep(const struct attack *attack, struct attack_result *result)
{
    const struct acpi_power *power = acpi_power_control();
    uint16_t value;

    (void)attack;
    result->rip_advanced = true;
    if (power->pm1a_control == 0 || power->s3_type < 0) {
        result->outcome = OUTCOME_SKIPPED;
        attack_detail(result, "no-s3-in-the-tables");
        return;
    }
    value = (uint16_t)(power->s3_type << SLEEP_TYPE_SHIFT | SLEEP_ENABLE);
    outw(power->pm1a_control, (uint16_t)(value & ~SLEEP_ENABLE));
    outw(power->pm1a_control, value);
    for (unsigned i = 0; i < SLEEP_POLLS; i++) {
        (void)inb(power->pm1a_control);
    }
    result->outcome = OUTCOME_REFUSED;
    attack_detail(result, "still-awake");
}
