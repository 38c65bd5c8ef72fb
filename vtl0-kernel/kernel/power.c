#include <vtl0/power.h>

#include <vtl0/acpi.h>
#include <vtl0/console.h>
#include <vtl0/x86.h>

#define SLEEP_ENABLE      (1u << 13)
#define SLEEP_TYPE_SHIFT  10
#define RESET_CONTROL     0xCF9u
#define RESET_HARD        0x06u
#define POLL_COUNT        1000000u /* port reads until the chipset has acted: at least a second on hardware */

static void wait_for_chipset(uint16_t port)
{
    for (unsigned i = 0; i < POLL_COUNT; i++) {
        (void)inb(port);
    }
}

void power_off(void)
{
    const struct acpi_power *power = acpi_power_control();

    interrupts_off();
    if (power->pm1a_control != 0) {
        outw(power->pm1a_control, (uint16_t)((power->s5_type << SLEEP_TYPE_SHIFT) | SLEEP_ENABLE));
        wait_for_chipset(power->pm1a_control);
    }
    console_panic_printf("halted: the machine has no power-off that works\n");
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}

void power_reset(void)
{
    outb(RESET_CONTROL, RESET_HARD);
    wait_for_chipset(RESET_CONTROL);
}
