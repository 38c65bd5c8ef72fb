#include <crypto/signed_image.h>

#include <stdbool.h>

#include <crypto_sign_ed25519.h>
#include <lib/string.h>

_Static_assert(SIGNED_IMAGE_SIGNATURE_SIZE == crypto_sign_ed25519_BYTES, "Ed25519 signature");
_Static_assert(SIGNED_IMAGE_PUBLIC_KEY_SIZE == crypto_sign_ed25519_PUBLICKEYBYTES, "Ed25519 public key");

#define PAYLOAD_OFFSET (SIGNED_IMAGE_SIGNATURE_SIZE + sizeof(struct signed_image_header))

static bool all_zero(const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    uint8_t sum = 0;

    for (size_t i = 0; i < size; i++) {
        sum |= at[i];
    }
    return sum == 0;
}

/* The name is printed in logs: terminated, and nothing hidden behind the terminator. */
static bool name_is_padded_text(const char name[32])
{
    size_t length = 0;

    while (length < 32 && name[length] >= ' ' && name[length] <= '~') {
        length++;
    }
    return length > 0 && length < 32 && all_zero(name + length, 32 - length);
}

static bool limits_fit_kind(const struct signed_image_header *header)
{
    if (header->kind == SIGNED_IMAGE_TRUSTLET) {
        return header->stack_pages > 0 && header->max_sessions > 0;
    }
    return header->heap_pages == 0 && header->stack_pages == 0 && header->max_sessions == 0 && header->syscalls == 0;
}

static bool header_is_valid(const struct signed_image_header *header, size_t size)
{
    return header->magic == SIGNED_IMAGE_MAGIC && header->header_size == sizeof(*header) &&
           (header->kind == SIGNED_IMAGE_SECURE_KERNEL || header->kind == SIGNED_IMAGE_TRUSTLET) &&
           header->payload_size == size - PAYLOAD_OFFSET && header->flags == 0 &&
           !all_zero(header->identity, sizeof(header->identity)) && name_is_padded_text(header->name) &&
           limits_fit_kind(header) && all_zero(header->reserved, sizeof(header->reserved));
}

enum signed_image_result signed_image_check(const void *file, size_t size, enum signed_image_kind kind,
                                            const uint8_t public_key[SIGNED_IMAGE_PUBLIC_KEY_SIZE],
                                            struct signed_image_header *header_out, const void **payload,
                                            size_t *payload_size)
{
    const uint8_t *bytes = file;
    struct signed_image_header header;

    if (size <= PAYLOAD_OFFSET || size > SIGNED_IMAGE_MAX_SIZE) {
        return SIGNED_IMAGE_BAD_SIZE;
    }
    if (crypto_sign_ed25519_verify_detached(bytes, bytes + SIGNED_IMAGE_SIGNATURE_SIZE,
                                            size - SIGNED_IMAGE_SIGNATURE_SIZE, public_key) != 0) {
        return SIGNED_IMAGE_BAD_SIGNATURE;
    }
    memcpy(&header, bytes + SIGNED_IMAGE_SIGNATURE_SIZE, sizeof(header));
    if (!header_is_valid(&header, size)) {
        return SIGNED_IMAGE_BAD_HEADER;
    }
    if (header.kind != (uint32_t)kind) {
        return SIGNED_IMAGE_WRONG_KIND;
    }
    *header_out = header;
    *payload = bytes + PAYLOAD_OFFSET;
    *payload_size = size - PAYLOAD_OFFSET;
    return SIGNED_IMAGE_OK;
}

const char *signed_image_result_text(enum signed_image_result result)
{
    switch (result) {
    case SIGNED_IMAGE_OK:
        return "correctly signed";
    case SIGNED_IMAGE_BAD_SIZE:
        return "size is not that of a signed image";
    case SIGNED_IMAGE_BAD_SIGNATURE:
        return "signature does not match the owner's key";
    case SIGNED_IMAGE_BAD_HEADER:
        return "signed header is malformed";
    case SIGNED_IMAGE_WRONG_KIND:
        return "signed for another purpose";
    }
    return "unknown result";
}
