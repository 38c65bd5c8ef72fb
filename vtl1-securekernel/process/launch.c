#include <sk/launch.h>

#include <crypto/signed_image.h>

#include <sk/log.h>
#include <sk/secure_call.h>

static uint32_t reason_of(enum signed_image_result result)
{
    switch (result) {
    case SIGNED_IMAGE_BAD_SIZE:
        return SECURE_REFUSAL_SIZE;
    case SIGNED_IMAGE_BAD_ALGORITHM:
    case SIGNED_IMAGE_BAD_SIGNATURE:
        return SECURE_REFUSAL_SIGNATURE;
    case SIGNED_IMAGE_WRONG_KEY:
        return SECURE_REFUSAL_KEY;
    case SIGNED_IMAGE_WRONG_KIND:
        return SECURE_REFUSAL_KIND;
    case SIGNED_IMAGE_BELOW_FLOOR:
        return SECURE_REFUSAL_FLOOR;
    default:
        return SECURE_REFUSAL_HEADER;
    }
}

static enum secure_status refuse(const char *name, const char *text, uint32_t reason, struct secure_refusal *refusal)
{
    *refusal = (struct secure_refusal){ .reason = reason };
    log_line("%s refused: %s", name, text);
    return SECURE_STATUS_IMAGE_REFUSED;
}

enum secure_status launch_check(const void *file, size_t size, struct process_image *image, struct secure_refusal *refusal)
{
    size_t payload_size = 0;
    enum signed_image_result result = signed_image_check(file, size, SIGNED_IMAGE_TRUSTLET, &secure_call_block()->owner,
                                                         &image->header, &image->payload, &payload_size);

    if (result != SIGNED_IMAGE_OK) {
        return refuse("trustlet", signed_image_result_text(result), reason_of(result), refusal);
    }
    if (!process_image_usable(&image->header)) {
        return refuse(image->header.name, "heap, stack or quota out of range", SECURE_REFUSAL_LIMITS, refusal);
    }
    if (process_instances(image->header.identity) >= image->header.max_instances) {
        return refuse(image->header.name, "as many instances as it was signed for", SECURE_REFUSAL_INSTANCES, refusal);
    }
    image->payload_size = payload_size;
    signed_image_measure(file, size, image->measurement);
    return SECURE_STATUS_SUCCESS;
}

enum secure_status launch_failed(struct process *process, union launch_end *end)
{
    enum secure_status status = SECURE_STATUS_TRUSTLET_FAULT;

    if (process->ended_loading && process->starved) {
        status = SECURE_STATUS_NO_RESOURCES;
    } else if (process->ended_loading) {
        end->refusal = (struct secure_refusal){ .reason = SECURE_REFUSAL_ELF, .detail = process->fault.exit_code };
        status = SECURE_STATUS_IMAGE_REFUSED;
    } else {
        end->fault = process->fault;
    }
    process_release(process);
    return status;
}
