#include <sk/trustlets.h>

#include <stddef.h>

#include <crypto/signed_image.h>

#include <sk/kernel_space.h>
#include <sk/log.h>
#include <sk/process.h>

static enum vtl1_boot_status start_process(const struct signed_image_header *image, const void *payload, size_t size)
{
    struct process *process = process_create(image, payload, size);

    if (process == NULL) {
        log_line("error: trustlet %s: no memory or limits out of range", image->name);
        return VTL1_BOOT_NO_MEMORY;
    }
    if (!process_start(process)) {
        log_line("error: trustlet %s did not start", image->name);
        return process->ended_loading ? VTL1_BOOT_BAD_TRUSTLET_IMAGE : VTL1_BOOT_TRUSTLET_FAULT;
    }
    log_line("trustlet %s version %u ready", image->name, image->security_version);
    return VTL1_BOOT_READY;
}

static enum vtl1_boot_status status_of(enum signed_image_result refusal)
{
    switch (refusal) {
    case SIGNED_IMAGE_BAD_SIGNATURE:
    case SIGNED_IMAGE_WRONG_KEY:
        return VTL1_BOOT_BAD_TRUSTLET_SIGNATURE;
    case SIGNED_IMAGE_BELOW_FLOOR:
        return VTL1_BOOT_TRUSTLET_BELOW_FLOOR;
    default:
        return VTL1_BOOT_BAD_TRUSTLET_IMAGE;
    }
}

static enum vtl1_boot_status start_trustlet(const struct vtl1_boot_block *block, uint32_t number)
{
    const struct vtl1_boot_range *file = &block->trustlets[number];
    struct signed_image_header image;
    enum signed_image_result result;
    const void *payload;
    size_t size;

    result = signed_image_check(direct_map(gpa(file->base)), file->size, SIGNED_IMAGE_TRUSTLET, &block->owner, &image,
                                &payload, &size);
    if (result != SIGNED_IMAGE_OK) {
        log_line("error: trustlet %u refused: %s", number, signed_image_result_text(result));
        return status_of(result);
    }
    if (process_find(image.identity) != NULL) {
        log_line("error: trustlet %s: its identity is taken", image.name);
        return VTL1_BOOT_BAD_TRUSTLET_IMAGE;
    }
    return start_process(&image, payload, size);
}

enum vtl1_boot_status trustlets_start(const struct vtl1_boot_block *block)
{
    enum vtl1_boot_status status = VTL1_BOOT_READY;

    for (uint32_t i = 0; i < block->trustlet_count && status == VTL1_BOOT_READY; i++) {
        status = start_trustlet(block, i);
    }
    return status;
}
