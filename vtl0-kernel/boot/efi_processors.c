/* Counts processors through the firmware, for machines without a MADT (UEFI PI, "MP Services Protocol"). */
#include "boot.h"

static EFI_GUID mp_services_guid = { 0x3fdda605, 0xa76e, 0x4f46, { 0xad, 0x29, 0x12, 0xf4, 0x53, 0x1b, 0x3d, 0x08 } };

#define PROCESSOR_ENABLED 0x2u

struct processor_information {
    UINT64 processor_id;
    UINT32 status;
    UINT32 package, core, thread;
    UINT32 extended[6];
};

struct mp_services {
    EFI_STATUS(EFIAPI *get_number_of_processors)(struct mp_services *self, UINTN *total, UINTN *enabled);
    EFI_STATUS(EFIAPI *get_processor_info)(struct mp_services *self, UINTN number, struct processor_information *info);
};

void boot_read_processors(EFI_SYSTEM_TABLE *system, struct boot_info *boot)
{
    struct mp_services *services = NULL;
    UINTN total = 0;
    UINTN enabled = 0;

    if (EFI_ERROR(uefi_call_wrapper(system->BootServices->LocateProtocol, 3, &mp_services_guid, NULL,
                                    (void **)&services)) ||
        EFI_ERROR(services->get_number_of_processors(services, &total, &enabled))) {
        return;
    }
    for (UINTN i = 0; i < total && boot->processor_count < BOOT_MAX_PROCESSORS; i++) {
        struct processor_information info = { 0 };

        if (!EFI_ERROR(services->get_processor_info(services, i, &info)) && (info.status & PROCESSOR_ENABLED) != 0) {
            boot->apic_ids[boot->processor_count++] = (uint32_t)info.processor_id;
        }
    }
}
