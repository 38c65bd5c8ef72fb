#include "guest.h"

#define APIC_PAGE     UINT64_C(0xFEE00000)
#define APIC_ICR_LOW  0x300u
#define APIC_ICR_HIGH 0x310u
#define ICR_BUSY      0x1000u

uint32_t apic_read(uint32_t offset)
{
    return *(volatile uint32_t *)(uintptr_t)(APIC_PAGE + offset);
}

void apic_write(uint32_t offset, uint32_t value)
{
    *(volatile uint32_t *)(uintptr_t)(APIC_PAGE + offset) = value;
}

void apic_send(uint32_t destination, uint32_t low)
{
    uint64_t flags = read_rflags();

    /* The firmware's own use of the two registers must not come between. */
    __asm__ volatile("cli" : : : "memory");
    apic_write(APIC_ICR_HIGH, destination << 24);
    apic_write(APIC_ICR_LOW, low);
    while ((apic_read(APIC_ICR_LOW) & ICR_BUSY) != 0) {
        pause();
    }
    write_rflags(flags);
}

void delay_us(uint64_t microseconds)
{
    firmware->Stall(microseconds);
}
