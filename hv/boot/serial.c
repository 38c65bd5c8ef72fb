#include "serial.h"

#include "firmware.h"

#define ACPI_PNP0501 0x050141D0u /* EISA id of a 16550, as an ACPI device path node holds it */
#define COM2_UID     1u

static EFI_GUID device_path_guid = DEVICE_PATH_PROTOCOL;
static EFI_GUID serial_io_guid = SERIAL_IO_PROTOCOL;

static bool is_com2(const EFI_DEVICE_PATH *node)
{
    for (; !IsDevicePathEndType(node); node = NextDevicePathNode(node)) {
        const ACPI_HID_DEVICE_PATH *acpi = (const ACPI_HID_DEVICE_PATH *)node;

        if (DevicePathType(node) == ACPI_DEVICE_PATH && DevicePathSubType(node) == ACPI_DP && acpi->HID == ACPI_PNP0501
            && acpi->UID == COM2_UID) {
            return true;
        }
    }
    return false;
}

void serial_release_com2(void)
{
    EFI_HANDLE *handles = NULL;
    UINTN count = 0;

    if (EFI_ERROR(firmware.services->LocateHandleBuffer(ByProtocol, &serial_io_guid, NULL, &count, &handles))) {
        return;
    }
    for (UINTN i = 0; i < count; i++) {
        EFI_DEVICE_PATH *path = NULL;

        if (!EFI_ERROR(firmware.services->HandleProtocol(handles[i], &device_path_guid, (void **)&path)) && is_com2(path)) {
            firmware.services->DisconnectController(handles[i], NULL, NULL);
        }
    }
    firmware.services->FreePool(handles);
}
