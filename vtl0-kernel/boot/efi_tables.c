#include "boot.h"

static const EFI_GUID acpi_20_guid = ACPI_20_TABLE_GUID;
static const EFI_GUID acpi_10_guid = ACPI_TABLE_GUID;

static bool same_guid(const EFI_GUID *a, const EFI_GUID *b)
{
    const uint8_t *x = (const uint8_t *)a;
    const uint8_t *y = (const uint8_t *)b;

    for (UINTN i = 0; i < sizeof(*a); i++) {
        if (x[i] != y[i]) {
            return false;
        }
    }
    return true;
}

static uint64_t find_table(EFI_SYSTEM_TABLE *system, const EFI_GUID *guid)
{
    for (UINTN i = 0; i < system->NumberOfTableEntries; i++) {
        if (same_guid(&system->ConfigurationTable[i].VendorGuid, guid)) {
            return (uint64_t)(uintptr_t)system->ConfigurationTable[i].VendorTable;
        }
    }
    return 0;
}

/* Days since 1601-01-01 of a date in the Gregorian calendar; years count from March so that a leap day is last. */
static uint64_t days_since_1601(unsigned year, unsigned month, unsigned day)
{
    uint64_t y = year - (month <= 2);
    uint64_t from_march = (month + 9) % 12;
    uint64_t days = y * 365 + y / 4 - y / 100 + y / 400 + (from_march * 306 + 5) / 10 + day - 1;

    return days - 584694; /* the same sum for 1601-01-01 */
}

static uint64_t read_clock(EFI_SYSTEM_TABLE *system)
{
    EFI_TIME time;
    uint64_t seconds;

    if (EFI_ERROR(uefi_call_wrapper(system->RuntimeServices->GetTime, 2, &time, NULL)) || time.Year < 1601) {
        return 0;
    }
    seconds = days_since_1601(time.Year, time.Month, time.Day) * 86400;
    seconds += time.Hour * 3600u + time.Minute * 60u + time.Second;
    return seconds * 10000000 + time.Nanosecond / 100;
}

/* UEFI specification, "Globally Defined Variables": one byte, 1 when Secure Boot is enforced. */
static enum secure_boot_state read_secure_boot(EFI_SYSTEM_TABLE *system)
{
    EFI_GUID global = EFI_GLOBAL_VARIABLE;
    uint8_t value = 0;
    UINTN size = sizeof(value);

    if (EFI_ERROR(uefi_call_wrapper(system->RuntimeServices->GetVariable, 5, (CHAR16 *)L"SecureBoot", &global, NULL, &size, &value))) {
        return SECURE_BOOT_UNSUPPORTED;
    }
    return value == 1 ? SECURE_BOOT_ON : SECURE_BOOT_OFF;
}

void boot_read_tables(EFI_SYSTEM_TABLE *system, struct boot_info *boot)
{
    boot->rsdp = find_table(system, &acpi_20_guid);
    if (boot->rsdp == 0) {
        boot->rsdp = find_table(system, &acpi_10_guid);
    }
    boot->wall_clock = read_clock(system);
    boot->secure_boot = read_secure_boot(system);
}
