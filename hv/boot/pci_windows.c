#include "pci_windows.h"

#include "firmware.h"
#include "log.h"

#include <efipciio.h>
#include <lib/string.h>

/*
 * ACPI Specification, "QWord Address Space Descriptor"; the firmware returns
 * a list of them (UEFI, "EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL.Configuration()").
 */
struct address_descriptor {
    uint8_t tag;
    uint16_t size;
    uint8_t resource_type; /* 0 memory */
    uint8_t general_flags;
    uint8_t type_flags;
    uint64_t granularity;
    uint64_t minimum;
    uint64_t maximum;
    uint64_t translation;
    uint64_t length;
} __attribute__((packed));
_Static_assert(sizeof(struct address_descriptor) == 46, "QWord address space descriptor");

#define DESCRIPTOR_TAG    0x8Au
#define DESCRIPTOR_MEMORY 0u
#define BRIDGES_LIMIT     64u

static EFI_GUID root_bridge_guid = EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL_GUID;

static bool read_bridge(EFI_HANDLE handle, struct range_list *windows)
{
    EFI_PCI_ROOT_BRIDGE_IO_PROTOCOL *bridge;
    const struct address_descriptor *entry;

    if (EFI_ERROR(firmware.services->HandleProtocol(handle, &root_bridge_guid, (void **)&bridge)) ||
        EFI_ERROR(bridge->Configuration(bridge, (void **)&entry))) {
        return true;
    }
    for (; entry->tag == DESCRIPTOR_TAG; entry++) {
        if (entry->resource_type != DESCRIPTOR_MEMORY || entry->length == 0 || entry->minimum < SIZE_4G) {
            continue;
        }
        if (!ranges_add(windows, entry->minimum, entry->length)) {
            log_error("too many host bridge windows above 4 GiB");
            return false;
        }
    }
    return true;
}

bool pci_windows_read(struct range_list *windows)
{
    EFI_HANDLE *handles;
    UINTN count = 0;
    bool good = true;

    if (EFI_ERROR(firmware.services->LocateHandleBuffer(ByProtocol, &root_bridge_guid, NULL, &count, &handles))) {
        return true;
    }
    for (UINTN i = 0; good && i < count && i < BRIDGES_LIMIT; i++) {
        good = read_bridge(handles[i], windows);
    }
    firmware.services->FreePool(handles);
    return good;
}
