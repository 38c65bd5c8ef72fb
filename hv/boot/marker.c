#include "marker.h"

static EFI_GUID marker_guid = { 0x6f4d0c1e, 0x2b5a, 0x4d0e, { 0x9c, 0x37, 0x51, 0xd2, 0x8e, 0x60, 0xb4, 0x1f } };

bool marker_present(void)
{
    void *interface;

    return !EFI_ERROR(firmware.services->LocateProtocol(&marker_guid, NULL, &interface));
}

bool marker_install(void)
{
    EFI_HANDLE handle = NULL; /* not our image's handle: the mark outlives the image */

    return !EFI_ERROR(firmware.services->InstallProtocolInterface(&handle, &marker_guid, EFI_NATIVE_INTERFACE, NULL));
}
