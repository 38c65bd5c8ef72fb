/*
 * Attacks that end the machine when they work: resets, which RAM survives, and
 * faults that cannot be delivered. What must have happened to VTL1's memory by
 * then is seen from outside. Surviving is the outcome "refused".
 */
#include "attack_internal.h"

#include <vtl0/console.h>
#include <vtl0/exceptions.h>
#include <vtl0/interrupts.h>
#include <vtl0/x86.h>

#define POLLS 1000000u

static void survived(struct attack_result *result)
{
    for (unsigned i = 0; i < POLLS; i++) {
        (void)inb(0x80);
    }
    result->rip_advanced = true;
    result->outcome = OUTCOME_REFUSED;
    attack_detail(result, "still-here");
}

/* attack->number: port in the low, value in the high half. */
void attack_reset(const struct attack *attack, struct attack_result *result)
{
    outb((uint16_t)attack->number, (uint8_t)(attack->number >> 32));
    survived(result);
}

/* HV_X64_MSR_RESET */
void attack_reset_msr(const struct attack *attack, struct attack_result *result)
{
    wrmsr_safe((uint32_t)attack->number, 1);
    survived(result);
}

void attack_triple_fault(const struct attack *attack, struct attack_result *result)
{
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) none = { 0, 0 };

    (void)attack;
    interrupts_off();
    __asm__ volatile("lidt %0; ud2" : : "m"(none));
    survived(result);
}

/* The top of the page tables is a foreign page: the next fetch cannot be translated, nor can any exception's. */
void attack_cr3(const struct attack *attack, struct attack_result *result)
{
    interrupts_off();
    write_cr3(attack_places.page[attack->place]);
    survived(result);
}
