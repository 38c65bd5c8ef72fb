#include <ium/sealed.h>

#include <stdbool.h>

#include <psa/crypto.h>

#include <ium/random.h>
#include <ium/syscalls.h>
#include <ium/text.h>

#define VERSION    1u
#define TAG_SIZE   16u
#define ALGORITHM  PSA_ALG_GCM
#define KEY_PREFIX "iumbase sealed: " /* what is sealed here shares no key with what a trustlet derives itself */

struct header {
    uint8_t magic[8];
    uint32_t version;
    uint32_t size; /* of the secret */
    uint8_t nonce[12];
    uint32_t zero;
};
_Static_assert(sizeof(struct header) + TAG_SIZE == IUM_SEALED_OVERHEAD, "sealed.h says so");
_Static_assert(sizeof(KEY_PREFIX) - 1 + IUM_SEALED_MAX_PURPOSE == IUM_MAX_PURPOSE, "sealed.h says so");

/* What is authenticated besides the secret: the header, of a fixed size, then what the caller binds. */
struct authenticated {
    uint8_t bytes[sizeof(struct header) + IUM_SEALED_MAX_BOUND];
    size_t size;
};

static const uint8_t magic[8] = { 'O', 'V', 'S', 'M', 'S', 'E', 'A', 'L' };

static bool is_context(const struct ium_sealed_context *context)
{
    size_t length = strlen(context->purpose);

    return length >= 1 && length <= IUM_SEALED_MAX_PURPOSE && context->bound_size <= IUM_SEALED_MAX_BOUND;
}

static bool derive(const struct ium_sealed_context *context, uint8_t key[IUM_KEY_SIZE])
{
    char purpose[IUM_MAX_PURPOSE];
    size_t prefix = sizeof(KEY_PREFIX) - 1, length = strlen(context->purpose);

    memcpy(purpose, KEY_PREFIX, prefix);
    memcpy(purpose + prefix, context->purpose, length);
    return ium_derive_key(purpose, prefix + length, key) == IUM_SUCCESS;
}

/* The purpose's key in PSA, until psa_destroy_key. */
static bool import(const struct ium_sealed_context *context, psa_key_id_t *id)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    uint8_t key[IUM_KEY_SIZE] = { 0 };
    bool known = derive(context, key);

    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT);
    psa_set_key_algorithm(&attributes, ALGORITHM);
    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    known = known && psa_import_key(&attributes, key, sizeof(key), id) == PSA_SUCCESS;
    secure_zero(key, sizeof(key));
    return known;
}

static void authenticate(const struct ium_sealed_context *context, const struct header *header, struct authenticated *to)
{
    memcpy(to->bytes, header, sizeof(*header));
    if (context->bound_size != 0) {
        memcpy(to->bytes + sizeof(*header), context->bound, context->bound_size);
    }
    to->size = sizeof(*header) + context->bound_size;
}

static bool encrypt(psa_key_id_t key, const struct ium_sealed_context *context, const void *secret, size_t size, uint8_t *blob)
{
    struct header header = { .version = VERSION, .size = (uint32_t)size };
    struct authenticated authenticated;
    size_t written = 0;

    memcpy(header.magic, magic, sizeof(magic));
    ium_random(header.nonce, sizeof(header.nonce));
    memcpy(blob, &header, sizeof(header));
    authenticate(context, &header, &authenticated);
    return psa_aead_encrypt(key, ALGORITHM, header.nonce, sizeof(header.nonce), authenticated.bytes, authenticated.size, secret,
                            size, blob + sizeof(header), size + TAG_SIZE, &written) == PSA_SUCCESS;
}

enum ium_sealed_status ium_seal(const struct ium_sealed_context *context, const void *secret, size_t size, void *blob,
                                size_t room, size_t *blob_size)
{
    psa_key_id_t key;
    bool sealed;

    *blob_size = 0;
    memset(blob, 0, room);
    if (!is_context(context) || size > IUM_SEALED_MAX_SECRET || room < size + IUM_SEALED_OVERHEAD) {
        return IUM_SEALED_BAD_ARGUMENT;
    }
    if (!import(context, &key)) {
        return IUM_SEALED_FAILED;
    }
    sealed = encrypt(key, context, secret, size, blob);
    psa_destroy_key(key);
    if (!sealed) {
        memset(blob, 0, room);
        return IUM_SEALED_FAILED;
    }
    *blob_size = size + IUM_SEALED_OVERHEAD;
    return IUM_SEALED_OK;
}

/* The header says what is there, before anything is decrypted. */
static bool is_blob(const struct header *header, size_t blob_size)
{
    return memcmp(header->magic, magic, sizeof(magic)) == 0 && header->version == VERSION && header->zero == 0 &&
           header->size <= IUM_SEALED_MAX_SECRET && header->size + IUM_SEALED_OVERHEAD == blob_size;
}

static enum ium_sealed_status decrypt(psa_key_id_t key, const struct ium_sealed_context *context, const struct header *header,
                                      const uint8_t *sealed, void *secret, size_t room, size_t *size)
{
    struct authenticated authenticated;

    authenticate(context, header, &authenticated);
    switch (psa_aead_decrypt(key, ALGORITHM, header->nonce, sizeof(header->nonce), authenticated.bytes, authenticated.size,
                             sealed, header->size + TAG_SIZE, secret, room, size)) {
    case PSA_SUCCESS:
        return IUM_SEALED_OK;
    case PSA_ERROR_INVALID_SIGNATURE:
        return IUM_SEALED_REFUSED;
    default:
        return IUM_SEALED_FAILED;
    }
}

static enum ium_sealed_status open_blob(const struct ium_sealed_context *context, const uint8_t *blob, size_t blob_size,
                                        void *secret, size_t room, size_t *size)
{
    struct header header;
    enum ium_sealed_status status;
    psa_key_id_t key;

    if (!is_context(context)) {
        return IUM_SEALED_BAD_ARGUMENT;
    }
    if (blob_size < sizeof(header)) {
        return IUM_SEALED_REFUSED;
    }
    memcpy(&header, blob, sizeof(header));
    if (!is_blob(&header, blob_size)) {
        return IUM_SEALED_REFUSED;
    }
    if (room < header.size) {
        return IUM_SEALED_BAD_ARGUMENT;
    }
    if (!import(context, &key)) {
        return IUM_SEALED_FAILED;
    }
    status = decrypt(key, context, &header, blob + sizeof(header), secret, room, size);
    psa_destroy_key(key);
    return status;
}

enum ium_sealed_status ium_unseal(const struct ium_sealed_context *context, const void *blob, size_t blob_size, void *secret,
                                  size_t room, size_t *size)
{
    enum ium_sealed_status status = open_blob(context, blob, blob_size, secret, room, size);

    if (status != IUM_SEALED_OK) {
        memset(secret, 0, room);
        *size = 0;
    }
    return status;
}
