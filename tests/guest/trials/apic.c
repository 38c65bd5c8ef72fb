#include "apic.h"

#include "cpu.h"

void apic_enable(void)
{
    apic_write(APIC_SVR, 0x1FF);
    apic_write(APIC_TPR, 0);
    apic_write(APIC_LVT_TIMER, 0x10000 | TIMER_VECTOR);
}

void apic_send(uint8_t to, uint32_t command)
{
    apic_write(APIC_ICR_HIGH, (uint32_t)to << 24);
    apic_write(APIC_ICR_LOW, command);
    while ((apic_read(APIC_ICR_LOW) & 0x1000) != 0) {
        pause();
    }
}

static void arm(uint32_t lvt, uint32_t count)
{
    apic_write(APIC_TIMER_DIVIDE, 0xB);
    apic_write(APIC_LVT_TIMER, lvt);
    apic_write(APIC_TIMER_INITIAL, count);
}

void apic_timer_once(uint32_t count)
{
    arm(TIMER_VECTOR, count);
}

void apic_timer_periodic(uint32_t count)
{
    arm(0x20000 | TIMER_VECTOR, count);
}

int apic_timer_wait_pending(void)
{
    for (unsigned i = 0; i < 10000000; i++) {
        if (apic_vector_bit(APIC_IRR, TIMER_VECTOR)) {
            return 1;
        }
        pause();
    }
    return 0;
}

void apic_timer_stop(void)
{
    apic_write(APIC_LVT_TIMER, 0x10000 | TIMER_VECTOR);
    apic_write(APIC_TIMER_INITIAL, 0);
    if (apic_vector_bit(APIC_ISR, TIMER_VECTOR)) {
        apic_write(APIC_EOI, 0);
    }
}
