#include "esp.h"

#include "config.h"
#include "firmware.h"
#include "log.h"

#include <lib/string.h>

static EFI_GUID file_system_guid = SIMPLE_FILE_SYSTEM_PROTOCOL;
static EFI_GUID file_info_guid = EFI_FILE_INFO_ID;

const char *esp_base_name(const char *path)
{
    const char *name = path;

    for (; *path != '\0'; path++) {
        if (*path == '\\') {
            name = path + 1;
        }
    }
    return name;
}

static EFI_FILE *open_file(const char *path)
{
    EFI_FILE_IO_INTERFACE *system;
    EFI_FILE *root;
    EFI_FILE *file;
    CHAR16 wide[CONFIG_TEXT_SIZE];
    EFI_STATUS status;
    size_t i = 0;

    for (; path[i] != '\0' && i < CONFIG_TEXT_SIZE - 1; i++) {
        wide[i] = (CHAR16)(unsigned char)path[i];
    }
    wide[i] = L'\0';
    if (EFI_ERROR(firmware.services->HandleProtocol(firmware.volume, &file_system_guid, (void **)&system)) ||
        EFI_ERROR(system->OpenVolume(system, &root))) {
        return NULL;
    }
    status = root->Open(root, &file, wide, EFI_FILE_MODE_READ, 0);
    root->Close(root);
    return EFI_ERROR(status) ? NULL : file;
}

/* Directories have a size too: they are refused here by their attribute. */
static bool file_size(EFI_FILE *file, uint64_t *size)
{
    union {
        EFI_FILE_INFO info;
        uint8_t room[sizeof(EFI_FILE_INFO) + CONFIG_TEXT_SIZE * sizeof(CHAR16)];
    } buffer;
    UINTN length = sizeof(buffer);

    if (EFI_ERROR(file->GetInfo(file, &file_info_guid, &length, &buffer)) ||
        (buffer.info.Attribute & EFI_FILE_DIRECTORY) != 0) {
        return false;
    }
    *size = buffer.info.FileSize;
    return true;
}

static bool read_all(EFI_FILE *handle, const char *name, struct esp_file *file)
{
    UINTN length = file->size;

    file->data = firmware_allocate(file->size);
    if (file->data == NULL) {
        log_error("%s: no memory for %lu bytes", name, file->size);
        return false;
    }
    if (EFI_ERROR(handle->Read(handle, &length, file->data)) || length != file->size) {
        log_error("%s: cannot be read", name);
        esp_release(file);
        return false;
    }
    return true;
}

bool esp_read(const char *path, size_t limit, struct esp_file *file)
{
    const char *name = esp_base_name(path);
    EFI_FILE *handle = open_file(path);
    uint64_t size = 0;
    bool done = false;

    *file = (struct esp_file){ 0 };
    if (handle == NULL) {
        log_error("%s: not found (%s)", name, path);
        return false;
    }
    if (!file_size(handle, &size)) {
        log_error("%s: not a file", name);
    } else if (size == 0 || size > limit) {
        log_error("%s: %lu bytes, allowed are 1 to %lu", name, size, limit);
    } else {
        file->size = (size_t)size;
        done = read_all(handle, name, file);
    }
    handle->Close(handle);
    return done;
}

void esp_release(struct esp_file *file)
{
    firmware_free(file->data, file->size);
    *file = (struct esp_file){ 0 };
}
