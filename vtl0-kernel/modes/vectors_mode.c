/*
 * Published test vectors of the vault's algorithms, run by a trustlet in VTL1. Prints
 * "@openvsm test id=SET outcome=ok|failed detail=PASSED/TOTAL" for each set. With only=written those of published files are left out, which
 * take an emulated processor long.
 */
#include <vtl0/modes.h>

#include <lib/string.h>
#include <vtl0/testing.h>
#include <vtl0/trustlet.h>
#include <vtl0/vsm.h>
#include <vectors/vectors.h>

#define GIFT_PAGES SECURE_DONATION_MAX

static const uint8_t vectors[16] = VECTORS_IDENTITY;

static bool start(uint64_t *session)
{
    struct test_file file = test_place(vectors_image_start, vectors_image_end);
    struct trustlet_started started;

    return test_start(&file, &started) == SECURE_STATUS_SUCCESS &&
           trustlet_open(vectors, started.instance, session) == SECURE_STATUS_SUCCESS;
}

/* One set's result, printed. False: there is none of that number, or the trustlet has no answer. */
static bool run(uint64_t session, uint32_t set, bool *good)
{
    struct vectors_result result = { 0 };
    size_t size = 0;
    uint32_t status = VECTORS_BAD_REQUEST;
    bool answered = trustlet_invoke(session, set + 1, &result, &size, sizeof(result), &status) == SECURE_STATUS_SUCCESS;

    if (answered && status == VECTORS_NO_SUCH_SET) {
        return false;
    }
    answered = answered && status == VECTORS_SUCCESS && size == sizeof(result);
    result.name[sizeof(result.name) - 1] = 0;
    *good &= test_report(answered ? result.name : "none", answered && result.total > 0 && result.passed == result.total,
                         result.passed, result.total);
    return answered;
}

int mode_vectors(const struct mode_context *context)
{
    uint32_t end = strcmp(context->options->only, "written") == 0 ? VECTORS_SETS : UINT32_MAX;
    uint64_t session;
    bool good = true;

    if (vsm_state() != VSM_READY || !test_give(GIFT_PAGES) || !test_report("start", start(&session), 0, 0)) {
        return 1;
    }
    for (uint32_t set = 0; set < end && run(session, set, &good); set++) {
    }
    return good ? 0 : 1;
}
