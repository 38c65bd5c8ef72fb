#include <vtl0/clock.h>

#include <vtl0/apic.h>
#include <vtl0/x86.h>

/* Intel 8254, channel 2, whose gate and output are in port 0x61. */
#define PIT_HERTZ       1193182u
#define PIT_CHANNEL_2   0x42u
#define PIT_COMMAND     0x43u
#define PIT_GATE_PORT   0x61u
#define PIT_GATE        0x01u
#define PIT_SPEAKER     0x02u
#define PIT_OUTPUT      0x20u
#define PIT_COUNT_DOWN  0xB0u /* channel 2, both bytes, mode 0 */
#define MEASURE_MS      20u

static uint64_t tsc_hertz;
static uint64_t apic_hertz;
static uint64_t start_tsc;
static uint64_t start_filetime;

uint64_t clock_tsc_hertz(void)
{
    return tsc_hertz;
}

uint64_t clock_apic_hertz(void)
{
    return apic_hertz;
}

static void pit_wait(uint32_t milliseconds)
{
    uint16_t count = (uint16_t)(PIT_HERTZ * milliseconds / 1000);

    outb(PIT_GATE_PORT, (uint8_t)((inb(PIT_GATE_PORT) & ~PIT_SPEAKER) | PIT_GATE));
    outb(PIT_COMMAND, PIT_COUNT_DOWN);
    outb(PIT_CHANNEL_2, (uint8_t)count);
    outb(PIT_CHANNEL_2, (uint8_t)(count >> 8));
    while ((inb(PIT_GATE_PORT) & PIT_OUTPUT) == 0) {
        cpu_relax();
    }
}

void clock_init(uint64_t wall_clock)
{
    uint64_t from = rdtsc();

    apic_timer_measure_start();
    pit_wait(MEASURE_MS);
    apic_hertz = (uint64_t)apic_timer_measure_elapsed() * 1000 / MEASURE_MS;
    start_tsc = rdtsc();
    tsc_hertz = (start_tsc - from) * 1000 / MEASURE_MS;
    start_filetime = wall_clock;
}

static uint64_t since_start(uint64_t units_a_second)
{
    uint64_t ticks = rdtsc() - start_tsc;

    return ticks / tsc_hertz * units_a_second + ticks % tsc_hertz * units_a_second / tsc_hertz;
}

uint64_t clock_filetime(void)
{
    return start_filetime + since_start(10000000);
}

uint64_t clock_microseconds(void)
{
    return since_start(1000000);
}

void clock_delay(uint64_t microseconds)
{
    uint64_t end = clock_microseconds() + microseconds;

    while (clock_microseconds() < end) {
        cpu_relax();
    }
}

bool clock_wait_for(const volatile bool *flag, uint64_t microseconds)
{
    uint64_t end = clock_microseconds() + microseconds;

    while (!*flag) {
        if (clock_microseconds() >= end) {
            return *flag;
        }
        cpu_relax();
    }
    return true;
}
