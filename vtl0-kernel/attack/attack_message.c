/*
 * Interrupt messages of a device (attacks.md INT-03): a function's MSI
 * capability is told to send what takes a processor out of the hypervisor, or
 * to write into VTL1. It is never enabled here: whether the function keeps
 * what it is told decides. What it had is put back.
 */
#include "attack_internal.h"

#include <vtl0/paging.h>
#include <vtl0/x86.h>

#define CONFIG_ADDRESS  0xCF8u
#define CONFIG_DATA     0xCFCu
#define CONFIG_ENABLE   (1u << 31)
#define BUS_0           0x10000u /* behind its last function */
#define NEXT_FUNCTION   0x100u
#define HAS_LIST        (1u << 20)
#define CAPABILITY_MSI  5u
#define MSI_64_BITS     (1u << 23)
#define LIST_LENGTH     48u
#define PCIEXBAR        0x60u
#define ECAM_AT         UINT64_C(0x400040000000)

/* PCI Express Base Specification, "Enhanced Configuration Access Mechanism": 4 KiB for each function of bus 0 upward. */
static void write_by_ecam(uint32_t at, uint32_t value)
{
    uint64_t page = (attack_config_read(PCIEXBAR) & 0xF0000000u) + ((uint64_t)(at >> 8) << 12);

    paging_map(paging_kernel_root(), ECAM_AT, page, MAP_READ_WRITE | PTE_PCD | PTE_PWT);
    *(volatile uint32_t *)(uintptr_t)(ECAM_AT + (at & 0xFC)) = value;
}

/* QEMU adds the address's low bits to the port's: one byte, and another one than a filter may think. */
static void write_by_latch(uint32_t at, uint32_t value)
{
    outl(CONFIG_ADDRESS, CONFIG_ENABLE | at | 1);
    outb(CONFIG_DATA, (uint8_t)(value >> 8));
}

/* Where the capability is, as port CF8h wants it; 0: it has none. */
static uint32_t messages_of(uint32_t function)
{
    uint32_t next = (attack_config_read(function + 4) & HAS_LIST) != 0 ? attack_config_read(function + 0x34) & 0xFC : 0;

    for (unsigned i = 0; i < LIST_LENGTH && next != 0; i++) {
        uint32_t first = attack_config_read(function + next);

        if ((first & 0xFF) == CAPABILITY_MSI) {
            return function + next;
        }
        next = first >> 8 & 0xFC;
    }
    return 0;
}

static uint32_t find(void)
{
    for (uint32_t function = 0; function < BUS_0; function += NEXT_FUNCTION) {
        uint32_t found = attack_config_read(function) != UINT32_MAX ? messages_of(function) : 0;

        if (found != 0) {
            return found;
        }
    }
    return 0;
}

static uint32_t data_register(uint32_t messages)
{
    return messages + ((attack_config_read(messages) & MSI_64_BITS) != 0 ? 0xC : 8);
}

/* attack->number: enum attack_message, the way in the high half. */
static uint32_t told(const struct attack *attack, uint32_t messages, uint32_t *at)
{
    *at = (uint32_t)attack->number == MESSAGE_ADDRESS ? messages + 4 : data_register(messages);
    switch ((uint32_t)attack->number) {
    case MESSAGE_FIXED: return 0x31;
    case MESSAGE_SMI: return 0x200;
    case MESSAGE_NMI: return 0x400;
    case MESSAGE_INIT: return 0x500;
    default: return (uint32_t)attack_places.page[attack->place];
    }
}

void attack_message(const struct attack *attack, struct attack_result *result)
{
    static void (*const ways[])(uint32_t, uint32_t) = {
        [BY_PORT] = attack_config_write, [BY_ECAM] = write_by_ecam, [BY_LATCH] = write_by_latch,
    };
    uint32_t messages = find(), at, value, before, after;
    unsigned way = (unsigned)(attack->number >> 32);
    bool on;

    result->rip_advanced = true;
    if (messages == 0 || (way == BY_ECAM && !attack_on_q35())) {
        result->outcome = OUTCOME_SKIPPED;
        attack_detail(result, messages == 0 ? "no-messages" : "another-chipset");
        return;
    }
    on = interrupts_save();
    value = told(attack, messages, &at);
    before = attack_config_read(at);
    ways[way](at, value);
    after = attack_config_read(at);
    attack_config_write(at, before);
    interrupts_restore(on);
    result->outcome = after != value ? OUTCOME_REFUSED : OUTCOME_OK;
    attack_detail(result, "register=%x,told=%x,has=%x", at, value, after);
}
