#include "vtl1_files.h"

#include "log.h"

#include <crypto/signed_image.h>

struct payload {
    const void *data;
    size_t size;
};

/* Nothing in the file is looked at before its signature has been checked. */
static bool check_signature(const char *path, const struct esp_file *file, enum signed_image_kind kind,
                            const struct image_owner *owner, struct payload *payload)
{
    struct signed_image_header header;
    enum signed_image_result result =
        signed_image_check(file->data, file->size, kind, owner, &header, &payload->data, &payload->size);

    switch (result) {
    case SIGNED_IMAGE_OK:
        log_info("%s: signature accepted, version %u", esp_base_name(path), header.security_version);
        return true;
    case SIGNED_IMAGE_BAD_SIGNATURE:
        log_error("%s: %ssignature refused", esp_base_name(path), kind == SIGNED_IMAGE_TRUSTLET ? "trustlet " : "");
        return false;
    default:
        log_error("%s: %s", esp_base_name(path), signed_image_result_text(result));
        return false;
    }
}

static bool load_securekernel(const char *path, uint64_t limit, const struct image_owner *owner, struct vtl1_files *files)
{
    struct payload payload;
    const char *problem;

    if (!esp_read(path, SIGNED_IMAGE_MAX_SIZE, &files->securekernel) ||
        !check_signature(path, &files->securekernel, SIGNED_IMAGE_SECURE_KERNEL, owner, &payload)) {
        return false;
    }
    problem = elf_image_parse(payload.data, payload.size, VTL1_KERNEL_BASE, limit, &files->image);
    if (problem != NULL) {
        log_error("%s: %s", esp_base_name(path), problem);
        return false;
    }
    return true;
}

static bool load_trustlet(const char *path, const struct image_owner *owner, struct vtl1_files *files)
{
    struct payload payload;

    return path[0] == '\0' || (esp_read(path, SIGNED_IMAGE_MAX_SIZE, &files->trustlet) &&
                               check_signature(path, &files->trustlet, SIGNED_IMAGE_TRUSTLET, owner, &payload));
}

bool vtl1_files_load(const struct config *config, const struct image_owner *owner, struct vtl1_files *files)
{
    *files = (struct vtl1_files){ 0 };
    if (load_securekernel(config->vtl1_securekernel, (uint64_t)config->vtl1_memory << 20, owner, files) &&
        load_trustlet(config->vtl1_trustlet, owner, files)) {
        return true;
    }
    vtl1_files_release(files);
    return false;
}

void vtl1_files_release(struct vtl1_files *files)
{
    esp_release(&files->securekernel);
    esp_release(&files->trustlet);
    files->image = (struct elf_image){ 0 };
}
