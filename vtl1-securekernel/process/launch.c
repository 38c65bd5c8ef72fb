#include <sk/launch.h>

#include <crypto/entropy.h>
#include <crypto/signed_image.h>
#include <lib/string.h>

#include <sk/image_window.h>
#include <sk/log.h>
#include <sk/mutant.h>
#include <sk/process_internal.h>
#include <sk/secure_call.h>
#include <sk/system_process.h>

/* The file that is being launched; its own thread's while that has work, else under kernel_lock. */
static struct {
    struct secure_range ranges[LAUNCH_MAX_RANGES];
    size_t count;
    uint64_t size;
    enum secure_status copied;
    enum signed_image_result result; /* when copied */
    struct process_image image;      /* when the result is OK */
} launch;

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

/* A mutant takes what it should have refused. */
static bool is_overlooked(enum signed_image_result result)
{
    return (result == SIGNED_IMAGE_BAD_SIGNATURE && mutant_is(MUTANT_TRUSTLETS_UNSIGNED)) ||
           (result == SIGNED_IMAGE_WRONG_KEY && mutant_is(MUTANT_TRUSTLETS_BY_ANYONE)) ||
           (result == SIGNED_IMAGE_WRONG_KIND && mutant_is(MUTANT_TRUSTLETS_OF_ANY_KIND)) ||
           (result == SIGNED_IMAGE_BELOW_FLOOR && mutant_is(MUTANT_TRUSTLETS_OF_ANY_AGE));
}

/*
 * The long part: it touches nothing but the file, which nobody writes, *image and, after boot by one thread only, the source of
 * random bytes.
 */
static enum signed_image_result examine(const void *file, size_t size, struct process_image *image)
{
    size_t payload_size = 0;
    enum signed_image_result result = signed_image_check(file, size, SIGNED_IMAGE_TRUSTLET, &secure_call_block()->owner,
                                                         &image->header, &image->payload, &payload_size);

    if (is_overlooked(result)) {
        memcpy(&image->header, (const uint8_t *)file + sizeof(struct signed_image_signature), sizeof(image->header));
        image->payload = (const uint8_t *)file + SIGNED_IMAGE_PAYLOAD_OFFSET;
        payload_size = size - SIGNED_IMAGE_PAYLOAD_OFFSET;
        result = signed_image_header_faults(&image->header, payload_size) == 0 ? SIGNED_IMAGE_OK : SIGNED_IMAGE_BAD_HEADER;
    }
    if (result == SIGNED_IMAGE_OK) {
        image->payload_size = payload_size;
        signed_image_measure(file, size, image->measurement);
        image->has_random = entropy_read(&image->random, sizeof(image->random));
    }
    return result;
}

/* What is left to ask of a file that was examined. */
static enum secure_status judge(enum signed_image_result result, const struct process_image *image, struct secure_refusal *refusal)
{
    if (result != SIGNED_IMAGE_OK) {
        return refuse("trustlet", signed_image_result_text(result), reason_of(result), refusal);
    }
    if (!image->has_random) {
        return SECURE_STATUS_NO_RESOURCES;
    }
    if (!process_image_usable(&image->header)) {
        return refuse(image->header.name, "heap, stack or quota out of range", SECURE_REFUSAL_LIMITS, refusal);
    }
    if (process_instances(image->header.identity) >= image->header.max_instances && !mutant_is(MUTANT_INSTANCES_UNLIMITED)) {
        return refuse(image->header.name, "as many instances as it was signed for", SECURE_REFUSAL_INSTANCES, refusal);
    }
    return SECURE_STATUS_SUCCESS;
}

enum secure_status launch_check(const void *file, size_t size, struct process_image *image, struct secure_refusal *refusal)
{
    return judge(examine(file, size, image), image, refusal);
}

static enum secure_status copy_page(gpa_t page)
{
    enum secure_status status;

    system_thread_lock();
    status = image_window_add(page);
    system_thread_unlock();
    return status;
}

static enum secure_status copy_range(const struct secure_range *range)
{
    enum secure_status status = SECURE_STATUS_SUCCESS;

    for (uint64_t i = 0; i < range->pages && status == SECURE_STATUS_SUCCESS; i++) {
        status = copy_page(gpa(range->gpa + i * PAGE_SIZE));
    }
    return status;
}

/* The ranges have just the pages of the file, in order. */
static enum secure_status copy_file(void)
{
    uint64_t left = page_align_up(launch.size) >> PAGE_SHIFT;
    enum secure_status status = SECURE_STATUS_SUCCESS;

    for (size_t i = 0; i < launch.count && status == SECURE_STATUS_SUCCESS; i++) {
        const struct secure_range *range = &launch.ranges[i];

        if (range->pages == 0 || range->pages > left) {
            return SECURE_STATUS_BAD_MEMORY;
        }
        left -= range->pages;
        status = copy_range(range);
    }
    return status == SECURE_STATUS_SUCCESS && left != 0 ? SECURE_STATUS_BAD_MEMORY : status;
}

/* What the thread of the secure system process does. */
static void copy_and_examine(void)
{
    launch.copied = copy_file();
    if (launch.copied != SECURE_STATUS_SUCCESS) {
        return;
    }
    system_thread_lock();
    image_window_end_at(launch.size);
    system_thread_unlock();
    launch.result = examine(image_window(), launch.size, &launch.image);
    if (mutant_is(MUTANT_FILES_READ_TWICE)) {
        system_thread_lock();
        image_window_clear();
        system_thread_unlock();
        launch.copied = copy_file();
    }
}

enum secure_status launch_begin(const void *ranges, size_t count, uint64_t size)
{
    struct system_thread *thread = system_process_launcher();

    if (thread->state != SYSTEM_THREAD_IDLE || image_window_in_use()) {
        return SECURE_STATUS_BUSY;
    }
    memcpy(launch.ranges, ranges, count * sizeof(launch.ranges[0]));
    launch.count = count;
    launch.size = size;
    launch.image = (struct process_image){ 0 };
    system_thread_begin(thread, copy_and_examine);
    return SECURE_STATUS_SUCCESS;
}

enum system_thread_end launch_run(void)
{
    return system_thread_run(system_process_launcher());
}

uint64_t launch_handle(void)
{
    const struct system_thread *thread = system_process_launcher();

    return thread->state != SYSTEM_THREAD_IDLE ? thread->handle : 0;
}

bool launch_is(uint64_t handle, bool *running)
{
    const struct system_thread *thread = system_process_launcher();

    *running = thread->state == SYSTEM_THREAD_RUNNING;
    return thread->state != SYSTEM_THREAD_IDLE && thread->handle == handle;
}

/* It was interrupted outside of system_thread_lock, so the pages are whole and the lock is not its own. */
void launch_abandon(void)
{
    system_thread_abandon(system_process_launcher());
    signed_image_abandon();
    image_window_clear();
}

enum secure_status launch_result(struct process_image *image, struct secure_refusal *refusal)
{
    enum secure_status status = launch.copied;

    if (status == SECURE_STATUS_SUCCESS) {
        status = judge(launch.result, &launch.image, refusal);
        *image = launch.image;
    }
    launch.image = (struct process_image){ 0 };
    if (status != SECURE_STATUS_SUCCESS) {
        image_window_clear();
    }
    return status;
}

enum secure_status launch_failed(struct process *process, union launch_end *end)
{
    enum secure_status status = SECURE_STATUS_TRUSTLET_FAULT;
    bool refused = process->ended_loading && process->fault.vector != FAULT_VECTOR_KILLED;

    if (refused && process->over_quota) {
        end->refusal = (struct secure_refusal){ .reason = SECURE_REFUSAL_LIMITS };
        status = SECURE_STATUS_IMAGE_REFUSED;
    } else if (refused && process->starved) {
        status = SECURE_STATUS_NO_RESOURCES;
    } else if (refused) {
        end->refusal = (struct secure_refusal){ .reason = SECURE_REFUSAL_ELF, .detail = process->fault.exit_code };
        status = SECURE_STATUS_IMAGE_REFUSED;
    } else {
        end->fault = process->fault;
    }
    process_release(process);
    return status;
}
