/* What a thread wants of its trustlet's freshness (sk/freshness.h), as long as it waits for the answer. */
#pragma once

#include <stdint.h>

#include <abi/ium.h>

/* Whose record it is. A debug build's is another one than the release's, and another version's another, as their keys are. */
struct freshness_owner {
    uint8_t identity[16];
    uint32_t debug; /* SIGNED_IMAGE_DEBUG or 0 */
    uint32_t security_version;
};

enum freshness_kind { FRESHNESS_NOTHING = 0, FRESHNESS_GET, FRESHNESS_SET, FRESHNESS_RESET };

struct freshness_request {
    enum freshness_kind kind; /* NOTHING: it wants nothing, and the rest is zero */
    struct freshness_owner owner;
    uint64_t generation; /* of SET */
    uint8_t digest[IUM_FRESHNESS_DIGEST_SIZE];
    int64_t status;      /* IUM_AGAIN until it is answered */
    struct ium_freshness found; /* the answer to GET */
};
