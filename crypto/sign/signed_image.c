#include <crypto/signed_image.h>

#include <crypto_hash_sha256.h>
#include <crypto_sign_ed25519.h>
#include <lib/string.h>
#include <utils.h>

#include "bytes.h"
#include "ecdsa_p256.h"

_Static_assert(SIGNED_IMAGE_SIGNATURE_SIZE == crypto_sign_ed25519_BYTES, "Ed25519 signature");
_Static_assert(SIGNED_IMAGE_HASH_SIZE == crypto_hash_sha256_BYTES, "SHA-256");

size_t signed_image_key_size(uint32_t algorithm)
{
    switch (algorithm) {
    case SIGNED_IMAGE_ED25519:
        return crypto_sign_ed25519_PUBLICKEYBYTES;
    case SIGNED_IMAGE_ECDSA_P256_SHA256:
        return SIGNED_IMAGE_MAX_PUBLIC_KEY;
    default:
        return 0;
    }
}

bool signed_image_block_ok(const struct signed_image_signature *block)
{
    size_t key_size = signed_image_key_size(block->algorithm);

    return key_size != 0 && block->reserved == 0 &&
           all_zero(block->public_key + key_size, sizeof(block->public_key) - key_size) &&
           all_zero(block->padding, sizeof(block->padding)) && all_zero(block->more_padding, sizeof(block->more_padding));
}

void signed_image_key_hash(const struct signed_image_signature *block, uint8_t hash[SIGNED_IMAGE_HASH_SIZE])
{
    crypto_hash_sha256(hash, block->public_key, signed_image_key_size(block->algorithm));
}

bool signed_image_signature_ok(const struct signed_image_signature *block, const void *signed_bytes, size_t size)
{
    uint8_t hash[SIGNED_IMAGE_HASH_SIZE];

    if (block->algorithm == SIGNED_IMAGE_ECDSA_P256_SHA256) {
        crypto_hash_sha256(hash, signed_bytes, size);
        return ecdsa_p256_verify(block->public_key, hash, block->signature);
    }
    return crypto_sign_ed25519_verify_detached(block->signature, signed_bytes, size, block->public_key) == 0;
}

void signed_image_abandon(void)
{
    ecdsa_p256_abandon();
}

void signed_image_hash(const void *bytes, size_t size, uint8_t hash[SIGNED_IMAGE_HASH_SIZE])
{
    crypto_hash_sha256(hash, bytes, size);
}

void signed_image_measure(const void *file, size_t size, uint8_t measurement[SIGNED_IMAGE_HASH_SIZE])
{
    const uint8_t *header = (const uint8_t *)file + sizeof(struct signed_image_signature);

    crypto_hash_sha256(measurement, header, size - sizeof(struct signed_image_signature));
}

/* The signature block, the only part that is read before it is known who wrote it. */
static enum signed_image_result check_signer(const uint8_t *bytes, size_t size, const struct image_owner *owner)
{
    struct signed_image_signature block;
    uint8_t hash[SIGNED_IMAGE_HASH_SIZE];

    memcpy(&block, bytes, sizeof(block));
    if (!signed_image_block_ok(&block)) {
        return SIGNED_IMAGE_BAD_ALGORITHM;
    }
    signed_image_key_hash(&block, hash);
    if (sodium_memcmp(hash, owner->key_hash, sizeof(hash)) != 0) {
        return SIGNED_IMAGE_WRONG_KEY;
    }
    return signed_image_signature_ok(&block, bytes + sizeof(block), size - sizeof(block)) ? SIGNED_IMAGE_OK
                                                                                          : SIGNED_IMAGE_BAD_SIGNATURE;
}

static enum signed_image_result check_header(const struct signed_image_header *header, size_t payload_size,
                                             enum signed_image_kind kind, const struct image_owner *owner)
{
    if (signed_image_header_faults(header, payload_size) != 0) {
        return SIGNED_IMAGE_BAD_HEADER;
    }
    if (header->kind != (uint32_t)kind) {
        return SIGNED_IMAGE_WRONG_KIND;
    }
    return header->security_version < image_owner_floor(owner, header->identity) ? SIGNED_IMAGE_BELOW_FLOOR : SIGNED_IMAGE_OK;
}

enum signed_image_result signed_image_check(const void *file, size_t size, enum signed_image_kind kind,
                                            const struct image_owner *owner, struct signed_image_header *header_out,
                                            const void **payload, size_t *payload_size)
{
    const uint8_t *bytes = file;
    struct signed_image_header header;
    enum signed_image_result result;

    if (size <= SIGNED_IMAGE_PAYLOAD_OFFSET || size > SIGNED_IMAGE_MAX_SIZE) {
        return SIGNED_IMAGE_BAD_SIZE;
    }
    result = check_signer(bytes, size, owner);
    if (result != SIGNED_IMAGE_OK) {
        return result;
    }
    memcpy(&header, bytes + sizeof(struct signed_image_signature), sizeof(header));
    result = check_header(&header, size - SIGNED_IMAGE_PAYLOAD_OFFSET, kind, owner);
    if (result != SIGNED_IMAGE_OK) {
        return result;
    }
    *header_out = header;
    *payload = bytes + SIGNED_IMAGE_PAYLOAD_OFFSET;
    *payload_size = size - SIGNED_IMAGE_PAYLOAD_OFFSET;
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
        return "signature does not match";
    case SIGNED_IMAGE_BAD_HEADER:
        return "signed header is malformed";
    case SIGNED_IMAGE_WRONG_KIND:
        return "signed for another purpose";
    case SIGNED_IMAGE_BAD_ALGORITHM:
        return "signature block is malformed or of an unknown algorithm";
    case SIGNED_IMAGE_WRONG_KEY:
        return "signed by another key than the owner's";
    case SIGNED_IMAGE_BELOW_FLOOR:
        return "security version below the owner's floor";
    }
    return "unknown result";
}
