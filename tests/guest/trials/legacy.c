#include "legacy.h"

#include "apic.h"
#include "cpu.h"

#define LINT0_EXTINT 0x700u
#define LVT_MASKED 0x10000u

void legacy_mask_local(void)
{
    apic_write(APIC_LVT_LINT0, LINT0_EXTINT | LVT_MASKED);
}

void legacy_mask(void)
{
    outb(0x21, 0xFF);
}

void legacy_unmask(void)
{
    apic_write(APIC_LVT_LINT0, LINT0_EXTINT);
    outb(0x21, 0xFE);
}

bool legacy_pending(void)
{
    outb(0x20, 0x0A);
    return (inb(0x20) & 1) != 0;
}

/* The 8259 with automatic EOI, the 8254 once after 100 ticks. */
void legacy_timer_once(void)
{
    outb(0x20, 0x11);
    outb(0x21, LEGACY_VECTOR);
    outb(0x21, 0x04);
    outb(0x21, 0x03);
    legacy_unmask();
    outb(0x43, 0x30);
    outb(0x40, 100);
    outb(0x40, 0);
    for (unsigned i = 0; i < 1000000 && !legacy_pending(); i++) {
        pause();
    }
}
