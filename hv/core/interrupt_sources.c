/*
 * Devices of the chipset that send interrupt messages of any mode, or write
 * memory (attacks.md INT-03, DMA-04): the I/O APIC and the HPET.
 */
#include <hv/interrupt_sources.h>

#include <hv/apic_timer.h>
#include <hv/guest_memory.h>
#include <hv/mutant.h>
#include <hv/spinlock.h>

#define IOAPIC_SELECT      0x00
#define IOAPIC_WINDOW      0x10
#define IOAPIC_FIRST_ENTRY 0x10 /* redirection entries: two registers each, the low one first */
#define ENTRY_MODE(v)      ((v) >> 8 & 7u)
#define ENTRY_MASKED       (1u << 16)

#define ENTRY_VECTOR(v)    ((v) & 0xFFu)

enum { MODE_SMI = 2, MODE_RESERVED = 3, MODE_NMI = 4, MODE_INIT = 5, MODE_STARTUP = 6, MODE_EXTINT = 7 };

static struct spinlock ioapic_lock = SPINLOCK_INIT;

/*
 * An entry with a mode that takes a processor out of the hypervisor, or that nothing holds off while VTL1 runs (an NMI ends
 * its run), or with the vector that is taken for the hypervisor's timer, stays masked.
 */
static uint32_t filter_entry(uint32_t selected, uint32_t value)
{
    uint32_t mode = ENTRY_MODE(value);
    bool low = selected >= IOAPIC_FIRST_ENTRY && (selected & 1) == 0;
    bool harmful = mode == MODE_SMI || mode == MODE_RESERVED || mode == MODE_INIT || mode == MODE_STARTUP
        || mode == MODE_EXTINT || mode == MODE_NMI || ENTRY_VECTOR(value) == APIC_TIMER_VECTOR;

    return low && harmful && !mutant_is(MUTANT_IOAPIC_OPEN) ? (value & ~(7u << 8)) | ENTRY_MASKED : value;
}

bool ioapic_write(struct cpu *cpu, uint32_t offset, uint8_t size, uint64_t value)
{
    /* Emulators repeat the registers through the page. */
    if (size != 4 || (offset & 0xF) != 0 || offset > 0xFF) {
        return false;
    }
    /* Select and window are one unit: another processor may not change what is selected in between. */
    spin_lock(&ioapic_lock);
    if (offset == IOAPIC_WINDOW) {
        uint32_t selected = device_read(cpu, gpa(IOAPIC_ADDRESS + IOAPIC_SELECT)) & 0xFF;

        value = filter_entry(selected, (uint32_t)value);
    }
    device_write(cpu, gpa(IOAPIC_ADDRESS + offset), 4, value);
    spin_unlock(&ioapic_lock);
    return true;
}

#define HPET_FIRST_TIMER  0x100u
#define HPET_TIMER(v)     ((v) & 0x1Fu)
#define HPET_TIMER_ROUTE  0x10u
#define HPET_FSB_ENABLE   (UINT64_C(1) << 14)

/* IA-PC HPET Specification, "Timer N FSB Interrupt Route Register": a write of any value to any address; never programmed. */
bool hpet_write(struct cpu *cpu, uint32_t offset, uint8_t size, uint64_t value)
{
    if ((size != 4 && size != 8) || (offset & (size - 1u)) != 0) {
        return false;
    }
    if (offset >= HPET_FIRST_TIMER && HPET_TIMER(offset) >= HPET_TIMER_ROUTE && !mutant_is(MUTANT_HPET_OPEN)) {
        return true;
    }
    if (!mutant_is(MUTANT_HPET_OPEN) && offset >= HPET_FIRST_TIMER && HPET_TIMER(offset) == 0) {
        value &= ~HPET_FSB_ENABLE;
    }
    device_write(cpu, gpa(HPET_ADDRESS + offset), size, value);
    return true;
}
