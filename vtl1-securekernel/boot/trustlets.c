#include <sk/trustlets.h>

#include <stddef.h>

#include <sk/kernel_space.h>
#include <sk/launch.h>
#include <sk/log.h>
#include <sk/thread.h>

static enum vtl1_boot_status refused(const struct secure_refusal *refusal)
{
    switch (refusal->reason) {
    case SECURE_REFUSAL_SIGNATURE:
    case SECURE_REFUSAL_KEY:
        return VTL1_BOOT_BAD_TRUSTLET_SIGNATURE;
    case SECURE_REFUSAL_FLOOR:
        return VTL1_BOOT_TRUSTLET_BELOW_FLOOR;
    default:
        return VTL1_BOOT_BAD_TRUSTLET_IMAGE;
    }
}

static enum vtl1_boot_status boot_status(enum secure_status status, const struct secure_refusal *refusal)
{
    switch (status) {
    case SECURE_STATUS_SUCCESS:
        return VTL1_BOOT_READY;
    case SECURE_STATUS_IMAGE_REFUSED:
        return refused(refusal);
    case SECURE_STATUS_TRUSTLET_FAULT:
        return VTL1_BOOT_TRUSTLET_FAULT;
    default:
        return VTL1_BOOT_NO_MEMORY;
    }
}

/* Until it waits for its first call: nobody else is there to go on with it. */
static enum secure_status run_to_first_wait(struct process *process, struct secure_refusal *refusal)
{
    struct thread *first = process->threads; /* it may make others before it waits */
    union launch_end end = { 0 };
    enum thread_end how;
    enum secure_status status;

    do {
        how = thread_run(first);
        if (how == THREAD_HAS_ASKED) {
            thread_answer(first, NORMAL_STATUS_REFUSED, NULL, 0);
        }
    } while (how == THREAD_HAS_YIELDED || how == THREAD_HAS_ASKED);
    if (how == THREAD_HAS_WAITED) {
        log_line("trustlet %s version %u ready", process->image.name, process->image.security_version);
        return SECURE_STATUS_SUCCESS;
    }
    status = launch_failed(process, &end);
    *refusal = end.refusal;
    return status;
}

static enum vtl1_boot_status start_trustlet(const struct vtl1_boot_range *file)
{
    struct process_image image;
    struct process *process;
    struct secure_refusal refusal = { 0 };
    enum secure_status status = launch_check(direct_map(gpa(file->base)), file->size, &image, &refusal);

    if (status != SECURE_STATUS_SUCCESS) {
        return boot_status(status, &refusal);
    }
    if (process_find(image.header.identity, 0) != NULL) {
        log_line("trustlet %s: its identity is taken", image.header.name);
        return VTL1_BOOT_BAD_TRUSTLET_IMAGE;
    }
    process = process_create(&image);
    return process != NULL ? boot_status(run_to_first_wait(process, &refusal), &refusal) : VTL1_BOOT_NO_MEMORY;
}

enum vtl1_boot_status trustlets_start(const struct vtl1_boot_block *block)
{
    enum vtl1_boot_status status = VTL1_BOOT_READY;

    for (uint32_t i = 0; i < block->trustlet_count && status == VTL1_BOOT_READY; i++) {
        status = start_trustlet(&block->trustlets[i]);
        if (status != VTL1_BOOT_READY) {
            log_line("error: trustlet %u was not started", i);
        }
    }
    return status;
}
