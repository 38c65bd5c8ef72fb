#include "vtl0_start.h"

#include "esp.h"
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

static bool set_options(struct vtl0_program *program, const char *options)
{
    EFI_LOADED_IMAGE *loaded;

    if (options[0] == '\0') {
        return true;
    }
    program->options = firmware_allocate((strlen(options) + 1) * sizeof(CHAR16));
    if (program->options == NULL ||
        EFI_ERROR(firmware.services->HandleProtocol(program->image, &loaded_image_guid, (void **)&loaded))) {
        return false;
    }
    program->options_size = widen(program->options, options);
    loaded->LoadOptionsSize = (UINT32)program->options_size;
    loaded->LoadOptions = program->options;
    return true;
}

static EFI_STATUS load_image(struct vtl0_program *program)
{
    size_t size;
    EFI_DEVICE_PATH *path = build_path(program->name, &size);
    EFI_STATUS status;

    if (path == NULL) {
        return EFI_OUT_OF_RESOURCES;
    }
    status = firmware.services->LoadImage(FALSE, firmware.image, path, NULL, 0, &program->image);
    firmware_free(path, size);
    return status;
}

bool vtl0_load(const struct config *config, struct vtl0_program *program)
{
    EFI_STATUS status;

    *program = (struct vtl0_program){ .name = config->vtl0_program };
    if (strcmp(config->vtl0_program, CONFIG_FIRMWARE) == 0) {
        return true;
    }
    status = load_image(program);
    if (EFI_ERROR(status)) {
        log_error("%s: cannot be loaded as an EFI program (status 0x%lx)", esp_base_name(program->name), status);
    } else if (!set_options(program, config->vtl0_options)) {
        log_error("%s: no memory for its options", esp_base_name(program->name));
    } else {
        return true;
    }
    vtl0_unload(program);
    return false;
}

void vtl0_unload(struct vtl0_program *program)
{
    /* Where the firmware loads an image but does not trust it, there is one in spite of the error. */
    if (program->image != NULL) {
        firmware.services->UnloadImage(program->image);
    }
    firmware_free(program->options, program->options_size);
    *program = (struct vtl0_program){ 0 };
}

EFI_STATUS vtl0_run(struct vtl0_program *program)
{
    EFI_STATUS status;

    if (program->image == NULL) {
        log_info("VTL0: the firmware goes on with its next boot option");
        return EFI_NOT_FOUND;
    }
    log_info("VTL0: starting %s", program->name);
    status = firmware.services->StartImage(program->image, NULL, NULL);
    log_info("VTL0: %s returned status 0x%lx", program->name, status);
    return status;
}
