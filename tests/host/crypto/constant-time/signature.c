#include "secret.h"

#include <stdint.h>
#include <stdio.h>

#include <psa/crypto.h>

#include <crypto/ed25519.h>

static uint8_t key[2048], hash[48], out[512];

static bool good(psa_status_t status)
{
    PUBLIC(&status, sizeof(status));
    return status == PSA_SUCCESS;
}

/* A private key on P-256 or P-384: any number of that size that begins with a small byte is one. */
static bool import(size_t bits, psa_algorithm_t algorithm, psa_key_usage_t usage, uint8_t first, psa_key_id_t *id)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    for (size_t i = 0; i < bits / 8; i++) {
        key[i] = (uint8_t)(first + 5 * i);
    }
    SECRET(key, bits / 8);
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_algorithm(&attributes, algorithm);
    psa_set_key_usage_flags(&attributes, usage);
    return good(psa_import_key(&attributes, key, bits / 8, id));
}

static bool sign(size_t bits, psa_algorithm_t algorithm)
{
    psa_key_id_t id;
    size_t size = 0;

    return import(bits, algorithm, PSA_KEY_USAGE_SIGN_HASH, 1, &id) &&
           good(psa_sign_hash(id, algorithm, hash, bits / 8, out, sizeof(out), &size));
}

static bool ecdsa_p256(void)
{
    return sign(256, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
}

static bool ecdsa_p384(void)
{
    return sign(384, PSA_ALG_ECDSA(PSA_ALG_SHA_384));
}

static bool deterministic_ecdsa(void)
{
    return sign(256, PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_256));
}

static bool agree(size_t bits)
{
    psa_key_id_t peer, id;
    uint8_t public_key[97];
    size_t public_size = 0, size = 0;
    bool made = import(bits, PSA_ALG_ECDH, PSA_KEY_USAGE_DERIVE, 2, &peer) &&
                good(psa_export_public_key(peer, public_key, sizeof(public_key), &public_size));

    PUBLIC(public_key, sizeof(public_key));
    return made && import(bits, PSA_ALG_ECDH, PSA_KEY_USAGE_DERIVE, 3, &id) &&
           good(psa_raw_key_agreement(PSA_ALG_ECDH, id, public_key, public_size, out, sizeof(out), &size));
}

static bool ecdh_p256(void)
{
    return agree(256);
}

static bool ecdh_p384(void)
{
    return agree(384);
}

static bool ed25519(void)
{
    SECRET(key, ED25519_SEED_SIZE);
    ed25519_sign(key, hash, sizeof(hash), out);
    return true;
}

const char *secret_rsa_key;

/* The DER integer at `at`: where its content is, and its size. */
static uint8_t *integer(uint8_t *at, size_t *size)
{
    unsigned bytes = at[1] >= 0x80 ? at[1] & 0x7f : 0;

    *size = bytes > 0 ? 0 : at[1];
    for (unsigned i = 0; i < bytes; i++) {
        *size = *size << 8 | at[2 + i];
    }
    return at + 2 + bytes;
}

/* RFC 8017, "RSAPrivateKey": a sequence of version, modulus, public exponent, and six numbers that are secret, not their sizes. */
static size_t read_rsa_key(void)
{
    FILE *file = fopen(secret_rsa_key, "rb");
    size_t size = file != NULL ? fread(key, 1, sizeof(key), file) : 0, part;
    uint8_t *at = key + 4;

    for (unsigned i = 0; i < 9 && size > 0; i++) {
        at = integer(at, &part);
        if (i > 2) {
            SECRET(at + 1, part - 1);
        }
        at += part;
    }
    if (file != NULL) {
        fclose(file);
    }
    return size;
}

static bool rsa(psa_algorithm_t algorithm)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    size_t key_size = read_rsa_key(), size = 0;
    psa_key_id_t id;

    psa_set_key_type(&attributes, PSA_KEY_TYPE_RSA_KEY_PAIR);
    psa_set_key_algorithm(&attributes, algorithm);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH);
    return good(psa_import_key(&attributes, key, key_size, &id)) &&
           good(psa_sign_hash(id, algorithm, hash, 32, out, sizeof(out), &size));
}

static bool rsa_pkcs1(void)
{
    return rsa(PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256));
}

static bool rsa_pss(void)
{
    return rsa(PSA_ALG_RSA_PSS(PSA_ALG_SHA_256));
}

const struct secret_case signature_cases[] = {
    { "ecdsa-p256", ecdsa_p256, true },
    { "ecdsa-p384", ecdsa_p384, true },
    { "ecdsa-deterministic", deterministic_ecdsa, false },
    { "ecdh-p256", ecdh_p256, false },
    { "ecdh-p384", ecdh_p384, false },
    { "ed25519", ed25519, false },
    { "rsa-pkcs1", rsa_pkcs1, false },
    { "rsa-pss", rsa_pss, false },
    { NULL, NULL, false },
};
