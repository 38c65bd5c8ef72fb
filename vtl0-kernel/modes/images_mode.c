/*
 * Signed images with something wrong (tests/trustlets/variants), from VTL0: each reason of a refusal by the image made for it, a trustlet
 * that crashes in start(), and calls=N images that were changed by chance and correctly signed. Whatever an image was, it is refused for a
 * reason of the list or runs and ends alone, and every page is where it was.
 */
#include <vtl0/modes.h>

#include <abi/image.h>
#include <lib/string.h>
#include <variants/variants.h>
#include <vtl0/console.h>
#include <vtl0/pages.h>
#include <vtl0/secure_call.h>
#include <vtl0/testing.h>
#include <vtl0/trustlet.h>
#include <vtl0/vsm.h>
#include <vtl0/x86.h>
#include <worker/worker.h>

#define GIFT_PAGES       256u
#define ROUNDS           UINT64_C(1000)
#define REASONS          (SECURE_REFUSAL_INSTANCES + 1u)
#define ELF_ERRORS       17u /* ium/loader/elf_plan.h */
#define VECTOR_UNDEFINED 6u

extern const uint8_t variants_start[];

static const struct image_variants *variants;
static struct test_file base, file, crasher;
static uint8_t *bytes;                 /* of file: room for base and one page more */
static struct {
    uint64_t refused[REASONS], elf_errors[ELF_ERRORS], ran, faulted, no_memory;
} counts;
static uint64_t hello_session;

static void make_file(const struct image_variant *variant)
{
    memset(bytes, 0, (base.range.pages + 1) * PAGE_SIZE);
    memcpy(bytes, (const void *)(uintptr_t)base.range.gpa, base.size);
    for (uint32_t i = 0; i < variant->patch_count; i++) {
        memcpy(bytes + variant->patches[i].offset, variant->patches[i].bytes, variant->patches[i].size);
    }
    memcpy(bytes + offsetof(struct signed_image_signature, signature), variant->signature, sizeof(variant->signature));
    file.size = variant->size;
    file.range.pages = (file.size + PAGE_SIZE - 1) / PAGE_SIZE;
}

/* A session and one command of the worker's, by the identity that the file has. True: the right answer. */
static bool works(uint64_t instance)
{
    uint64_t session, data = ROUNDS, sum = 0;
    size_t size = sizeof(data);
    uint32_t status = 1;

    for (uint64_t n = 0; n < ROUNDS; n++) {
        sum += WORKER_TERM(n);
    }
    return trustlet_open(bytes + sizeof(struct signed_image_signature) + offsetof(struct signed_image_header, identity), instance,
                         &session) == SECURE_STATUS_SUCCESS &&
           trustlet_invoke(session, WORKER_SPIN, &data, &size, sizeof(data), &status) == SECURE_STATUS_SUCCESS && status == 0 &&
           size == sizeof(data) && data == sum;
}

/* Is a refusal one of the list, with a detail only where one belongs? It is counted. */
static bool known_refusal(const struct secure_refusal *refusal)
{
    bool elf = refusal->reason == SECURE_REFUSAL_ELF;

    if (refusal->reason == 0 || refusal->reason >= REASONS || (elf ? refusal->detail == 0 || refusal->detail >= ELF_ERRORS
                                                                   : refusal->detail != 0)) {
        return false;
    }
    counts.refused[refusal->reason]++;
    counts.elf_errors[elf ? refusal->detail : 0]++;
    return true;
}

/* Nothing of an image stays once it was refused or ended. */
static bool as_before(const struct secure_info *before)
{
    struct secure_info after = { 0 };

    return secure_get_info(&after) && after.free_pages == before->free_pages && after.trustlet_count == before->trustlet_count &&
           after.handles == before->handles && after.donated_pages == before->donated_pages;
}

static bool fits(const struct image_variant *variant, bool worked, uint32_t status, const struct secure_refusal *refusal)
{
    if (variant->name[0] == '\0') {
        return true;
    }
    return variant->reason == 0 ? worked
                                : status == SECURE_STATUS_IMAGE_REFUSED && refusal->reason == variant->reason &&
                                      refusal->detail == variant->detail;
}

/* Starts it, uses it and ends it. True: all of the answers are what they may be, and nothing is left. */
static bool try(const struct image_variant *variant)
{
    struct trustlet_started started;
    struct secure_info before = { 0 };
    bool good, worked = false;
    uint32_t status;

    make_file(variant);
    secure_get_info(&before);
    status = test_start(&file, &started);
    switch (status) {
    case SECURE_STATUS_SUCCESS:
        worked = works(started.instance);
        good = trustlet_end(started.instance) == SECURE_STATUS_SUCCESS;
        counts.ran++;
        break;
    case SECURE_STATUS_IMAGE_REFUSED:
        good = known_refusal(&started.refusal);
        break;
    case SECURE_STATUS_TRUSTLET_FAULT:
        good = started.fault.frame_count <= SECURE_FAULT_FRAMES;
        counts.faulted++;
        break;
    default:
        good = status == SECURE_STATUS_NO_RESOURCES;
        counts.no_memory++;
        break;
    }
    return good && fits(variant, worked, status, &started.refusal) && as_before(&before);
}

/* Each image that was made for one answer gets it, and so does the one that nothing is wrong with. */
static bool test_named(void)
{
    bool good = true;

    for (uint32_t i = 0; i < variants->named; i++) {
        const struct image_variant *variant = &variants->variants[i];

        good = test_report(variant->name, try(variant), variant->reason, variant->detail) && good;
    }
    return good;
}

static bool test_crash_in_start(void)
{
    struct trustlet_started started = { 0 };
    struct secure_info before = { 0 };
    uint64_t good = 0;

    secure_get_info(&before);
    good += test_start(&crasher, &started) == SECURE_STATUS_TRUSTLET_FAULT;
    good += started.fault.vector == VECTOR_UNDEFINED && started.fault.rip_offset != SECURE_FAULT_NOWHERE && started.fault.frame_count > 0;
    good += as_before(&before);
    test_tell_backtrace(&started.fault);
    return test_report("crash-in-start", good == 3, good, 3);
}

static void tell_counts(void)
{
    console_printf("@openvsm images ran=%lu faulted=%lu no-memory=%lu", counts.ran, counts.faulted, counts.no_memory);
    for (uint32_t i = 1; i < REASONS; i++) {
        console_printf(" reason%u=%lu", i, counts.refused[i]);
    }
    for (uint32_t i = 1; i < ELF_ERRORS; i++) {
        console_printf(" elf%u=%lu", i, counts.elf_errors[i]);
    }
    console_printf("\n");
}

static bool test_by_chance(uint32_t calls)
{
    uint32_t count = variants->count - variants->named < calls ? variants->count - variants->named : calls, good = 0;
    const struct image_variant *first = &variants->variants[variants->named];

    memset(&counts, 0, sizeof(counts));
    for (uint32_t i = 0; i < count; i++) {
        bool right = try(&first[i]);

        good += right;
        if (!right) {
            console_printf("image %u of the seed was not answered rightly\n", i);
        }
    }
    tell_counts();
    console_printf("fuzz: seed 0x%lx, %u images: %lu ran, %lu faulted, %lu had no memory, %lu refused by the loader, %u found wrong\n",
                   variants->seed, count, counts.ran, counts.faulted, counts.no_memory, counts.refused[SECURE_REFUSAL_ELF], count - good);
    return test_report("by-chance", count > 0 && good == count, good, count);
}

static bool hello_answers(void)
{
    uint8_t data[4] = { 1, 2, 3, 4 };
    size_t size = sizeof(data);
    uint32_t status = 1;

    return trustlet_invoke(hello_session, HELLO_ECHO, data, &size, sizeof(data), &status) == SECURE_STATUS_SUCCESS && status == 0 &&
           size == sizeof(data) && data[3] == 4;
}

static bool prepare(uint64_t *hello)
{
    static const uint8_t identity[16] = HELLO_IDENTITY;
    struct test_file image = test_place(hello_image_start, hello_image_end);
    struct trustlet_started started;

    variants = (const struct image_variants *)variants_start;
    crasher = test_place(crasher_image_start, crasher_image_end);
    base = test_place(limited_image_start, limited_image_end);
    bytes = pages_alloc(base.range.pages + 1, PAGE_SIZE);
    file.range.gpa = (uint64_t)(uintptr_t)bytes;
    if (variants->magic != VARIANTS_MAGIC || !test_give(GIFT_PAGES) || test_start(&image, &started) != SECURE_STATUS_SUCCESS) {
        return false;
    }
    *hello = started.instance;
    return trustlet_open(identity, started.instance, &hello_session) == SECURE_STATUS_SUCCESS && hello_answers();
}

/* The trustlet that lived beside all of this answers, and every given page comes back wiped. */
static bool test_afterwards(uint64_t hello)
{
    uint64_t dirty = 0;
    bool answers = hello_answers(), ended = trustlet_end(hello) == SECURE_STATUS_SUCCESS;
    uint64_t pages = test_take_all_back(&dirty);

    return test_report("other-answers", answers && ended, answers, 1) &&
           test_report("nothing-lost", pages == GIFT_PAGES && dirty == 0, pages, GIFT_PAGES);
}

int mode_images(const struct mode_context *context)
{
    uint64_t hello = 0;
    bool good;

    if (vsm_state() != VSM_READY) {
        console_printf("no trustlets: %s\n", vsm_state_text(vsm_state()));
        return 1;
    }
    if (!test_report("start", prepare(&hello), 0, 0)) {
        return 1;
    }
    good = test_named();
    good = test_crash_in_start() && good;
    good = test_by_chance(context->options->calls) && good;
    return test_afterwards(hello) && good ? 0 : 1;
}
