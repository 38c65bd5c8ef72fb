#include "firmware.h"

#include <lib/string.h>

struct firmware firmware;

static EFI_GUID loaded_image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;

bool firmware_init(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
    EFI_LOADED_IMAGE *loaded;

    firmware = (struct firmware){ .image = image, .table = table, .services = table->BootServices };
    if (EFI_ERROR(firmware.services->HandleProtocol(image, &loaded_image_guid, (void **)&loaded))) {
        return false;
    }
    firmware.volume = loaded->DeviceHandle;
    return firmware.volume != NULL;
}

void *firmware_protocol(EFI_GUID *guid)
{
    void *interface;

    return EFI_ERROR(firmware.services->LocateProtocol(guid, NULL, &interface)) ? NULL : interface;
}

void *firmware_configuration_table(const EFI_GUID *guid)
{
    for (UINTN i = 0; i < firmware.table->NumberOfTableEntries; i++) {
        EFI_CONFIGURATION_TABLE *entry = &firmware.table->ConfigurationTable[i];

        if (memcmp(&entry->VendorGuid, guid, sizeof(*guid)) == 0) {
            return entry->VendorTable;
        }
    }
    return NULL;
}

void *firmware_allocate(size_t size)
{
    void *memory;

    return EFI_ERROR(firmware.services->AllocatePool(EfiBootServicesData, size, &memory)) ? NULL : memory;
}

void firmware_free(void *memory, size_t size)
{
    if (memory != NULL) {
        secure_zero(memory, size);
        firmware.services->FreePool(memory);
    }
}
