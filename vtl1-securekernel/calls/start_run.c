#include <sk/start_run.h>

#include <stddef.h>

#include <sk/call_run.h>
#include <sk/image_window.h>
#include <sk/launch.h>
#include <sk/process.h>
#include <sk/thread.h>

/* The file is in the window, and leaves it when its loading is over (process/process.c). */
static enum secure_status load(const struct process_image *image, struct secure_reply *reply)
{
    struct process *process = process_create(image);

    if (process == NULL) {
        image_window_clear();
        return SECURE_STATUS_NO_RESOURCES;
    }
    process->started_by_vtl0 = true;
    process->threads->service = SECURE_SERVICE_START_TRUSTLET;
    return call_run(process->threads, reply);
}

static enum secure_status launched(struct secure_reply *reply)
{
    struct process_image image;
    struct secure_refusal refusal = { 0 };
    enum secure_status status = launch_result(&image, &refusal);

    if (status == SECURE_STATUS_SUCCESS) {
        return load(&image, reply);
    }
    if (status == SECURE_STATUS_IMAGE_REFUSED) {
        secure_reply_put(reply, &refusal, sizeof(refusal));
    }
    return status;
}

enum secure_status start_run(struct secure_reply *reply)
{
    switch (launch_run()) {
    case SYSTEM_THREAD_HAS_ENDED:
        return launched(reply);
    case SYSTEM_THREAD_HAS_YIELDED:
        reply->call = launch_handle();
        return SECURE_STATUS_YIELDED;
    default:
        return SECURE_STATUS_NO_RESOURCES;
    }
}
