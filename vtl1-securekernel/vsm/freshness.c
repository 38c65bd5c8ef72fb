#include <sk/freshness.h>

#include <lib/string.h>

#include <sk/freshness_memory.h>
#include <sk/freshness_tpm.h>
#include <sk/key_root.h>
#include <sk/process.h>
#include <sk/reference_time.h>
#include <sk/tpm.h>

#define UNITS_A_MILLISECOND 10000u

uint64_t freshness_clock(void)
{
    return tpm_clock_at_boot() + reference_time_forward() / UNITS_A_MILLISECOND;
}

void freshness_forget(struct thread *thread)
{
    freshness_tpm_forget(thread);
    thread->freshness = (struct freshness_request){ .kind = FRESHNESS_NOTHING };
}

/* A record under a root that is gone with the boot would only be in the next one's way. */
static bool is_lasting(void)
{
    return tpm_is_taken() && key_root_lasts();
}

static void serve_from_memory(struct freshness_request *request)
{
    request->status = IUM_SUCCESS;
    if (request->kind == FRESHNESS_GET) {
        freshness_memory_get(&request->owner, &request->found);
    } else if (request->kind == FRESHNESS_SET) {
        request->status = freshness_memory_set(&request->owner, request->digest, request->generation);
    } else {
        freshness_memory_reset(&request->owner);
    }
}

static bool is_same(const struct freshness_request *a, const struct freshness_request *b)
{
    return a->kind == b->kind && a->generation == b->generation && memcmp(a->digest, b->digest, sizeof(a->digest)) == 0;
}

/* The answer is handed out once. */
static int64_t serve(struct thread *thread, struct freshness_request *wanted)
{
    const struct signed_image_header *image = &thread->process->image;
    struct freshness_request *request = &thread->freshness;
    int64_t status;

    if (!is_same(request, wanted)) {
        freshness_forget(thread);
        *request = *wanted;
        memcpy(request->owner.identity, image->identity, sizeof(request->owner.identity));
        request->owner.debug = image->flags & SIGNED_IMAGE_DEBUG;
        request->owner.security_version = image->security_version;
        request->status = IUM_AGAIN;
    }
    if (is_lasting()) {
        freshness_tpm_serve(thread);
    } else {
        serve_from_memory(request);
    }
    status = request->status;
    wanted->found = request->found;
    if (status != IUM_AGAIN) {
        freshness_forget(thread);
    }
    return status;
}

int64_t freshness_get(struct thread *thread, struct ium_freshness *freshness)
{
    struct freshness_request wanted = { .kind = FRESHNESS_GET };
    int64_t status = serve(thread, &wanted);

    if (status == IUM_SUCCESS) {
        *freshness = wanted.found;
        freshness->lasting = is_lasting();
        freshness->clock = freshness_clock();
    }
    return status;
}

int64_t freshness_set(struct thread *thread, const uint8_t digest[IUM_FRESHNESS_DIGEST_SIZE], uint64_t generation)
{
    struct freshness_request wanted = { .kind = FRESHNESS_SET, .generation = generation };

    memcpy(wanted.digest, digest, sizeof(wanted.digest));
    return serve(thread, &wanted);
}

int64_t freshness_reset(struct thread *thread)
{
    struct freshness_request wanted = { .kind = FRESHNESS_RESET };

    return serve(thread, &wanted);
}
