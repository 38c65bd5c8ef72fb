#include <sk/launch.h>

#include <crypto/signed_image.h>

#include <sk/log.h>
#include <sk/secure_call.h>

static uint32_t reason_of(enum signed_image_result result)
{
    switch (result) {
    case SIGNED_IMAGE_BAD_SIZE:
        return SECURE_REFUSAL_SIZE;
    case SIGNED_IMAGE_BAD_SIGNATURE:
        return SECURE_REFUSAL_SIGNATURE;
    case SIGNED_IMAGE_WRONG_KIND:
        return SECURE_REFUSAL_KIND;
    default:
        return SECURE_REFUSAL_HEADER;
    }
}

enum secure_status launch_check(const void *file, size_t size, struct process_image *image, struct secure_refusal *refusal)
{
    size_t payload_size = 0;
    enum signed_image_result result =
        signed_image_check(file, size, SIGNED_IMAGE_TRUSTLET, secure_call_block()->owner_public_key, &image->header,
                           &image->payload, &payload_size);

    if (result != SIGNED_IMAGE_OK) {
        *refusal = (struct secure_refusal){ .reason = reason_of(result) };
        log_line("trustlet refused: %s", signed_image_result_text(result));
        return SECURE_STATUS_IMAGE_REFUSED;
    }
    if (!process_image_usable(&image->header)) {
        *refusal = (struct secure_refusal){ .reason = SECURE_REFUSAL_LIMITS };
        log_line("trustlet %s refused: limits out of range", image->header.name);
        return SECURE_STATUS_IMAGE_REFUSED;
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
