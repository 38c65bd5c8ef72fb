/*
 * Published test vectors of the vault's algorithms, run by a trustlet in VTL1. Prints
 * "@openvsm test id=SET outcome=ok|failed detail=PASSED/TOTAL" for each set.
 */
#include <vtl0/modes.h>

#include <vtl0/testing.h>
#include <vtl0/trustlet.h>
#include <vtl0/vsm.h>
#include <vectors/vectors.h>

#define GIFT_PAGES 256u

static const uint8_t vectors[16] = VECTORS_IDENTITY;

static const char *const names[VECTORS_SETS + 1] = {
    [VECTORS_NFOLD] = "nfold",
    [VECTORS_RFC3962] = "rfc3962",
    [VECTORS_RFC8009] = "rfc8009",
    [VECTORS_RFC8009_STRING_TO_KEY] = "rfc8009-string-to-key",
    [VECTORS_HOTP] = "hotp",
    [VECTORS_TOTP] = "totp",
    [VECTORS_RFC3394] = "rfc3394",
    [VECTORS_RFC5649] = "rfc5649",
    [VECTORS_ED25519] = "ed25519",
    [VECTORS_ECDSA] = "ecdsa",
    [VECTORS_ECDH] = "ecdh",
    [VECTORS_RSA] = "rsa",
};

static bool start(uint64_t *session)
{
    struct test_file file = test_place(vectors_image_start, vectors_image_end);
    struct trustlet_started started;

    return test_start(&file, &started) == SECURE_STATUS_SUCCESS &&
           trustlet_open(vectors, started.instance, session) == SECURE_STATUS_SUCCESS;
}

static bool run(uint64_t session, uint32_t set)
{
    struct vectors_result result = { 0, 0 };
    size_t size = 0;
    uint32_t status = 1;
    bool answered = trustlet_invoke(session, set, &result, &size, sizeof(result), &status) == SECURE_STATUS_SUCCESS &&
                    status == VECTORS_SUCCESS && size == sizeof(result);

    return test_report(names[set], answered && result.total > 0 && result.passed == result.total, result.passed, result.total);
}

int mode_vectors(const struct mode_context *context)
{
    uint64_t session;
    bool good = true;

    (void)context;
    if (vsm_state() != VSM_READY || !test_give(GIFT_PAGES) || !test_report("start", start(&session), 0, 0)) {
        return 1;
    }
    for (uint32_t set = 1; set <= VECTORS_SETS; set++) {
        good &= run(session, set);
    }
    return good ? 0 : 1;
}
