/*
 * Checks a signed container (abi/image.h). Runs in the loader, in VTL1 ring 0
 * and on the build machine; allocates nothing, keeps no state.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <abi/image.h>

enum signed_image_result {
    SIGNED_IMAGE_OK = 0,
    SIGNED_IMAGE_BAD_SIZE = 1,      /* shorter than signature and header, no payload, or above SIGNED_IMAGE_MAX_SIZE */
    SIGNED_IMAGE_BAD_SIGNATURE = 2, /* not signed by this key, or changed since */
    SIGNED_IMAGE_BAD_HEADER = 3,    /* signed, but a field is outside abi/image.h */
    SIGNED_IMAGE_WRONG_KIND = 4,    /* signed and well formed, but for another purpose */
};

/*
 * file, size: the whole container. Nobody but the caller may be able to write
 * this memory, now or later: what is checked here is used afterwards.
 * kind: what the caller is about to use the image as.
 *
 * The signature over everything behind it is checked before any field is
 * looked at, so nothing unsigned is ever interpreted. On SIGNED_IMAGE_OK,
 * *header_out is a copy of the header and *payload, *payload_size name the
 * payload inside file; on any other result the three are left untouched.
 * Takes less than 5 KiB of stack. Callable on any processor, concurrently.
 */
enum signed_image_result signed_image_check(const void *file, size_t size, enum signed_image_kind kind,
                                            const uint8_t public_key[SIGNED_IMAGE_PUBLIC_KEY_SIZE],
                                            struct signed_image_header *header_out, const void **payload,
                                            size_t *payload_size);

#define SIGNED_IMAGE_MEASUREMENT_SIZE 32u

/* What a file that signed_image_check accepted is known by: SHA-256 of header and payload. */
void signed_image_measure(const void *file, size_t size, uint8_t measurement[SIGNED_IMAGE_MEASUREMENT_SIZE]);

/* The result in words for a log line, lower case, without a full stop. Never NULL. */
const char *signed_image_result_text(enum signed_image_result result);
