/* Start and end of every VTL0 payload. */
#include "guest.h"

#include "mp.h"

#define PM1A_CONTROL 0x604u /* q35, as the firmware's FADT says */
#define SLEEP_ENABLE 0x2000u

EFI_BOOT_SERVICES *firmware;
EFI_HANDLE program_handle;
static EFI_SYSTEM_TABLE *system_table;

static void power_off(bool passed)
{
    say("@openvsm done status=%d", passed ? 0 : 1);
    __asm__ volatile("outw %0, %1" : : "a"((uint16_t)SLEEP_ENABLE), "Nd"((uint16_t)PM1A_CONTROL));
    system_table->RuntimeServices->ResetSystem(EfiResetShutdown, EFI_SUCCESS, 0, NULL);
}

void give_up(const char *why)
{
    say("error: %s", why);
    power_off(false);
    for (;;) {
        __asm__ volatile("cli\n\thlt");
    }
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table);

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
    program_handle = image;
    system_table = table;
    firmware = table->BootServices;
    firmware->SetWatchdogTimer(0, 0, 0, NULL);
    options_find(image);
    processors_find();
    say("@openvsm boot processors=%u vtl1=%s", processor_count, vtl1_at_start);
    traps_take();
    vsm_open();
    guest_test();
    power_off(report_all_passed());
    return EFI_SUCCESS;
}
