#include "boot.h"

static EFI_GUID loaded_image_guid = LOADED_IMAGE_PROTOCOL;

static bool copy_text(const CHAR16 *text, UINTN count, char *to)
{
    UINTN length = 0;

    for (; length < count && text[length] != 0; length++) {
        if (text[length] < 0x20 || text[length] > 0x7E || length + 1 >= BOOT_OPTIONS_SIZE) {
            return false;
        }
        to[length] = (char)text[length];
    }
    to[length] = '\0';
    return true;
}

bool boot_read_options(EFI_SYSTEM_TABLE *system, EFI_HANDLE image, struct boot_info *boot)
{
    EFI_LOADED_IMAGE *loaded = NULL;
    EFI_STATUS status = uefi_call_wrapper(system->BootServices->HandleProtocol, 3, image, &loaded_image_guid,
                                          (void **)&loaded);

    if (EFI_ERROR(status) || loaded == NULL) {
        return false;
    }
    boot->image_base = (uint64_t)(uintptr_t)loaded->ImageBase;
    if (loaded->LoadOptions == NULL || loaded->LoadOptionsSize < sizeof(CHAR16)) {
        return true;
    }
    return copy_text(loaded->LoadOptions, loaded->LoadOptionsSize / sizeof(CHAR16), boot->options);
}
