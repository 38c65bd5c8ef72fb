#include <vtl0/apic.h>

#include <vtl0/clock.h>
#include <vtl0/interrupts.h>
#include <vtl0/paging.h>
#include <vtl0/panic.h>
#include <vtl0/x86.h>

#define APIC_BASE_X2APIC (1u << 10)
#define APIC_BASE_ENABLE (1u << 11)

enum apic_register {
    APIC_ID = 0x020, APIC_TPR = 0x080, APIC_EOI = 0x0B0, APIC_SPURIOUS = 0x0F0, APIC_ISR = 0x100,
    APIC_ICR_LOW = 0x300, APIC_ICR_HIGH = 0x310,
    APIC_LVT_TIMER = 0x320, APIC_LVT_THERMAL = 0x330, APIC_LVT_PERFORMANCE = 0x340, APIC_LVT_LINT0 = 0x350,
    APIC_LVT_LINT1 = 0x360, APIC_LVT_ERROR = 0x370, APIC_TIMER_INITIAL = 0x380, APIC_TIMER_CURRENT = 0x390,
    APIC_TIMER_DIVIDE = 0x3E0,
};

#define SPURIOUS_ENABLE    (1u << 8)
#define LVT_MASKED         (1u << 16)
#define LVT_PERIODIC       (1u << 17)
#define LVT_NMI            (4u << 8)
#define TIMER_DIVIDE_BY_16 3u
#define ICR_INIT           (5u << 8)
#define ICR_STARTUP        (6u << 8)
#define ICR_NMI            (4u << 8)
#define ICR_PENDING        (1u << 12)
#define ICR_ALL_OTHERS     (3u << 18)
#define ICR_ASSERT         (1u << 14)

#define PIC_MASTER_DATA 0x21u
#define PIC_SLAVE_DATA  0xA1u

static uint64_t base;

static uint32_t read(enum apic_register offset)
{
    return *(volatile uint32_t *)(uintptr_t)(base + offset);
}

static void write(enum apic_register offset, uint32_t value)
{
    *(volatile uint32_t *)(uintptr_t)(base + offset) = value;
}

void apic_init(void)
{
    uint64_t value = rdmsr(MSR_APIC_BASE);

    if ((value & (APIC_BASE_ENABLE | APIC_BASE_X2APIC)) != APIC_BASE_ENABLE) {
        panic("the local APIC is off or in x2APIC mode");
    }
    base = value & PTE_ADDRESS;
    paging_map(paging_kernel_root(), base, base, MAP_READ_WRITE | PTE_PCD | PTE_PWT);
    outb(PIC_MASTER_DATA, 0xFF);
    outb(PIC_SLAVE_DATA, 0xFF);
}

void apic_load(void)
{
    write(APIC_TPR, 0);
    write(APIC_LVT_TIMER, LVT_MASKED);
    write(APIC_LVT_LINT0, LVT_MASKED);
    write(APIC_LVT_LINT1, LVT_NMI);
    write(APIC_LVT_ERROR, LVT_MASKED);
    write(APIC_SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
}

uint32_t apic_id(void)
{
    return read(APIC_ID) >> 24;
}

void apic_end_of_interrupt(void)
{
    write(APIC_EOI, 0);
}

bool apic_in_service(uint8_t vector)
{
    return (read((enum apic_register)(APIC_ISR + vector / 32 * 0x10)) >> (vector % 32) & 1) != 0;
}

/* Both halves must reach the APIC without another sender on this processor in between. */
static void send(uint32_t target, uint32_t command)
{
    bool on = interrupts_save();

    while ((read(APIC_ICR_LOW) & ICR_PENDING) != 0) {
        cpu_relax();
    }
    write(APIC_ICR_HIGH, target << 24);
    write(APIC_ICR_LOW, command);
    interrupts_restore(on);
}

void apic_send(uint32_t target, uint8_t vector)
{
    send(target, ICR_ASSERT | vector);
}

void apic_send_init(uint32_t target)
{
    send(target, ICR_ASSERT | ICR_INIT);
}

void apic_send_startup(uint32_t target, uint8_t page)
{
    send(target, ICR_ASSERT | ICR_STARTUP | page);
}

void apic_send_init_all_others(void)
{
    send(0, ICR_ALL_OTHERS | ICR_ASSERT | ICR_INIT);
}

void apic_send_nmi(uint32_t target)
{
    send(target, ICR_ASSERT | ICR_NMI);
}

void apic_timer_measure_start(void)
{
    write(APIC_TIMER_DIVIDE, TIMER_DIVIDE_BY_16);
    write(APIC_LVT_TIMER, LVT_MASKED);
    write(APIC_TIMER_INITIAL, UINT32_MAX);
}

uint32_t apic_timer_measure_elapsed(void)
{
    return UINT32_MAX - read(APIC_TIMER_CURRENT);
}

void apic_timer_start(uint32_t hertz)
{
    uint64_t count = clock_apic_hertz() / hertz;

    write(APIC_TIMER_DIVIDE, TIMER_DIVIDE_BY_16);
    write(APIC_LVT_TIMER, LVT_PERIODIC | VECTOR_TIMER);
    write(APIC_TIMER_INITIAL, count > 0 ? (uint32_t)count : 1);
}

uint32_t apic_timer_lateness(void)
{
    return read(APIC_TIMER_INITIAL) - read(APIC_TIMER_CURRENT);
}
