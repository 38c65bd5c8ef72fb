/* Makes an RSA key by PSA Crypto, exports its public half, forgets it. */
#include <ium/raw.h>

#include <lib/string.h>

#include <psa/crypto.h>

#include <crypto/psa.h>

#include "keymaker.h"

#define LARGEST_PUBLIC_KEY PSA_EXPORT_PUBLIC_KEY_MAX_SIZE

static bool start(void *heap, size_t heap_size)
{
    return crypto_start(heap, heap_size);
}

static uint32_t open(uint64_t session)
{
    (void)session;
    return KEYMAKER_SUCCESS;
}

static void close(uint64_t session)
{
    (void)session;
}

static uint32_t make(uint32_t bits, uint32_t *size)
{
    static uint8_t public_key[LARGEST_PUBLIC_KEY];
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key;
    size_t length = 0;
    bool good;

    psa_set_key_type(&attributes, PSA_KEY_TYPE_RSA_KEY_PAIR);
    psa_set_key_bits(&attributes, bits);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH);
    psa_set_key_algorithm(&attributes, PSA_ALG_RSA_PSS(PSA_ALG_SHA_256));
    if (psa_generate_key(&attributes, &key) != PSA_SUCCESS) {
        return KEYMAKER_FAILED;
    }
    good = psa_export_public_key(key, public_key, sizeof(public_key), &length) == PSA_SUCCESS;
    *size = (uint32_t)length;
    psa_destroy_key(key);
    return good ? KEYMAKER_SUCCESS : KEYMAKER_FAILED;
}

static uint32_t invoke(uint64_t session, uint32_t command, const uint8_t *input, uint32_t input_size,
                       struct trustlet_reply *reply)
{
    uint32_t bits, size = 0, status;

    (void)session;
    if (command != KEYMAKER_MAKE || input_size != sizeof(bits) || reply->capacity < sizeof(size)) {
        return KEYMAKER_BAD_REQUEST;
    }
    memcpy(&bits, input, sizeof(bits));
    status = make(bits, &size);
    memcpy(reply->data, &size, sizeof(size));
    reply->size = sizeof(size);
    return status;
}

const struct trustlet_operations trustlet = { .start = start, .open = open, .close = close, .invoke = invoke };
