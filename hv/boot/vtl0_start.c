#include "vtl0_start.h"

#include "log.h"

#include <lib/string.h>

static EFI_GUID device_path_guid = DEVICE_PATH_PROTOCOL;
static EFI_GUID loaded_image_guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;

static size_t path_size(const EFI_DEVICE_PATH *path)
{
    const EFI_DEVICE_PATH *node = path;

    while (!IsDevicePathEnd(node)) {
        node = NextDevicePathNode(node);
    }
    return (size_t)((const uint8_t *)node - (const uint8_t *)path);
}

static size_t widen(CHAR16 *to, const char *from)
{
    size_t length = 0;

    for (; from[length] != '\0'; length++) {
        to[length] = (CHAR16)(unsigned char)from[length];
    }
    to[length] = L'\0';
    return (length + 1) * sizeof(CHAR16);
}

/* UEFI Specification, "Device Path Protocol": the volume's path, one file path node, the end node. */
static EFI_DEVICE_PATH *build_path(const char *file, size_t *size)
{
    EFI_DEVICE_PATH *volume;
    uint8_t *path;
    size_t head;
    EFI_DEVICE_PATH *node;
    size_t node_size = sizeof(EFI_DEVICE_PATH) + (strlen(file) + 1) * sizeof(CHAR16);

    if (EFI_ERROR(firmware.services->HandleProtocol(firmware.volume, &device_path_guid, (void **)&volume))) {
        return NULL;
    }
    head = path_size(volume);
    *size = head + node_size + sizeof(EFI_DEVICE_PATH);
    path = firmware_allocate(*size);
    if (path == NULL) {
        return NULL;
    }
    memcpy(path, volume, head);
    node = (EFI_DEVICE_PATH *)(path + head);
    node->Type = MEDIA_DEVICE_PATH;
    node->SubType = MEDIA_FILEPATH_DP;
    SetDevicePathNodeLength(node, node_size);
    widen((CHAR16 *)(node + 1), file);
    node = NextDevicePathNode(node);
    SetDevicePathEndNode(node);
    return (EFI_DEVICE_PATH *)path;
}

/* The options stay allocated while the program runs: it reads them when it likes. */
static bool set_options(EFI_HANDLE image, const char *options)
{
    EFI_LOADED_IMAGE *loaded;
    CHAR16 *wide;

    if (options[0] == '\0') {
        return true;
    }
    wide = firmware_allocate((strlen(options) + 1) * sizeof(CHAR16));
    if (wide == NULL || EFI_ERROR(firmware.services->HandleProtocol(image, &loaded_image_guid, (void **)&loaded))) {
        return false;
    }
    loaded->LoadOptionsSize = (UINT32)widen(wide, options);
    loaded->LoadOptions = wide;
    return true;
}

/* Loads the program; its image, or NULL. */
static EFI_HANDLE load(const struct config *config, EFI_STATUS *status)
{
    EFI_HANDLE image = NULL;
    size_t size;
    EFI_DEVICE_PATH *path = build_path(config->vtl0_program, &size);

    *status = EFI_OUT_OF_RESOURCES;
    if (path == NULL) {
        return NULL;
    }
    *status = firmware.services->LoadImage(FALSE, firmware.image, path, NULL, 0, &image);
    firmware_free(path, size);
    if (EFI_ERROR(*status) || !set_options(image, config->vtl0_options)) {
        return NULL;
    }
    return image;
}

bool vtl0_start(const struct config *config, EFI_STATUS *status)
{
    EFI_HANDLE image;

    if (strcmp(config->vtl0_program, CONFIG_FIRMWARE) == 0) {
        log_info("VTL0: the firmware goes on with its next boot option");
        *status = EFI_NOT_FOUND;
        return true;
    }
    image = load(config, status);
    if (image == NULL) {
        log_error("VTL0: %s cannot be loaded (status 0x%lx)", config->vtl0_program, *status);
        return false;
    }
    log_info("VTL0: starting %s", config->vtl0_program);
    *status = firmware.services->StartImage(image, NULL, NULL);
    log_info("VTL0: %s returned status 0x%lx", config->vtl0_program, *status);
    return true;
}
