#include "vtl1_files.h"

#include "hv_image.h"
#include "log.h"

#include <boot_mutant.h>
#include <crypto/signed_image.h>
#include <lib/string.h>

/* What is behind a file's signature. */
struct contents {
    struct signed_image_header header;
    const void *payload;
    size_t payload_size;
};

/* A mutant takes what it should have refused. */
static bool is_overlooked(enum signed_image_result result)
{
    return (result == SIGNED_IMAGE_BAD_SIGNATURE && boot_mutant_is(BOOT_MUTANT_CODE_UNSIGNED)) ||
           (result == SIGNED_IMAGE_WRONG_KEY && boot_mutant_is(BOOT_MUTANT_CODE_BY_ANYONE)) ||
           (result == SIGNED_IMAGE_WRONG_KIND && boot_mutant_is(BOOT_MUTANT_CODE_OF_ANY_KIND)) ||
           (result == SIGNED_IMAGE_BELOW_FLOOR && boot_mutant_is(BOOT_MUTANT_CODE_OF_ANY_AGE));
}

/* Nothing in the file is looked at before its signature has been checked. */
static bool check_signature(const char *path, const struct esp_file *file, enum signed_image_kind kind,
                            const struct image_owner *owner, struct contents *contents)
{
    enum signed_image_result result =
        signed_image_check(file->data, file->size, kind, owner, &contents->header, &contents->payload, &contents->payload_size);

    if (is_overlooked(result)) {
        memcpy(&contents->header, file->data + sizeof(struct signed_image_signature), sizeof(contents->header));
        contents->payload = file->data + SIGNED_IMAGE_PAYLOAD_OFFSET;
        contents->payload_size = file->size - SIGNED_IMAGE_PAYLOAD_OFFSET;
        result = signed_image_header_faults(&contents->header, contents->payload_size) == 0 ? SIGNED_IMAGE_OK : SIGNED_IMAGE_BAD_HEADER;
    }
    switch (result) {
    case SIGNED_IMAGE_OK:
        log_info("%s: signature accepted, version %u", esp_base_name(path), contents->header.security_version);
        return true;
    case SIGNED_IMAGE_BAD_SIGNATURE:
        log_error("%s: %ssignature refused", esp_base_name(path), kind == SIGNED_IMAGE_TRUSTLET ? "trustlet " : "");
        return false;
    default:
        log_error("%s: %s", esp_base_name(path), signed_image_result_text(result));
        return false;
    }
}

/* Of the bytes that are used: the hypervisor's are this program's own, the secure kernel's have just been checked. */
static void measure(const struct esp_file *securekernel, const struct signed_image_header *header, struct measured_boot *measured)
{
    signed_image_hash(hv_image_start, hv_image_size(), measured->hypervisor);
    signed_image_measure(securekernel->data, securekernel->size, measured->secure_kernel);
    measured->secure_kernel_version = header->security_version;
    measured->secure_kernel_flags = header->flags;
}

static bool load_securekernel(const char *path, uint64_t limit, const struct image_owner *owner, struct vtl1_files *files)
{
    struct contents contents;
    const char *problem;

    if (!esp_read(path, SIGNED_IMAGE_MAX_SIZE, &files->securekernel) ||
        !check_signature(path, &files->securekernel, SIGNED_IMAGE_SECURE_KERNEL, owner, &contents)) {
        return false;
    }
    problem = elf_image_parse(contents.payload, contents.payload_size, VTL1_KERNEL_BASE, limit, &files->image);
    if (problem != NULL) {
        log_error("%s: %s", esp_base_name(path), problem);
        return false;
    }
    measure(&files->securekernel, &contents.header, &files->measured);
    return true;
}

static bool load_trustlet(const char *path, const struct image_owner *owner, struct vtl1_files *files)
{
    struct contents contents;

    return path[0] == '\0' || (esp_read(path, SIGNED_IMAGE_MAX_SIZE, &files->trustlet) &&
                               check_signature(path, &files->trustlet, SIGNED_IMAGE_TRUSTLET, owner, &contents));
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
