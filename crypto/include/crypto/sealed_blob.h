/*
 * A secret on its way through VTL0's hands: authenticated encryption bound to
 * what sealed it. docs/vault.md has the layout. crypto_start comes first.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <psa/crypto.h>

#include <crypto/status.h>

#define SEALED_BLOB_KEY_SIZE  32u
#define SEALED_BLOB_CAPACITY  1022u /* largest secret: every blob is as long as that of the largest */
#define SEALED_BLOB_VERSION   1u

/* All of it is authenticated, none of it is secret. Integers are little-endian. */
struct sealed_blob_header {
    uint8_t magic[8]; /* "OVSMBLOB" */
    uint32_t version;
    uint32_t purpose;
    uint8_t identity[16];
    uint32_t security_version;
    uint8_t nonce[12];
};
_Static_assert(sizeof(struct sealed_blob_header) == 48, "sealed blob header");

#define SEALED_BLOB_TAG_SIZE 16u
#define SEALED_BLOB_SIZE (sizeof(struct sealed_blob_header) + 2u + SEALED_BLOB_CAPACITY + SEALED_BLOB_TAG_SIZE)

/* Whose secret it is and what for. A blob opens only under the binding it was sealed with. */
struct sealed_blob_binding {
    uint32_t purpose;         /* chosen by the trustlet */
    uint8_t identity[16];     /* the trustlet's own, from the secure kernel */
    uint32_t security_version;
};

/* Puts a key into PSA, where it can seal and open but not be exported. The caller wipes its copy. */
enum crypto_status sealed_blob_key_import(const uint8_t key[SEALED_BLOB_KEY_SIZE], psa_key_id_t *id);

/*
 * blob = header || AES-256-GCM(size || secret || zeros) || tag, always SEALED_BLOB_SIZE bytes.
 * The nonce is random: no more than 2^32 blobs for one key (SP 800-38D,
 * "Constraints on the Number of Invocations"). CRYPTO_BAD_REQUEST when size >
 * SEALED_BLOB_CAPACITY; blob is zeroed unless CRYPTO_OK.
 */
enum crypto_status sealed_blob_seal(psa_key_id_t key, const struct sealed_blob_binding *binding, const void *secret,
                                    size_t size, uint8_t blob[SEALED_BLOB_SIZE]);

/*
 * secret: room for SEALED_BLOB_CAPACITY bytes, all of which are written: *size of the secret, then zeros. CRYPTO_REFUSED for every wrong
 * blob, without telling why and with the same work done whatever is wrong with
 * a blob of the right size; secret and *size are not touched then. Memory of
 * blob must be the caller's alone, not VTL0's.
 */
enum crypto_status sealed_blob_open(psa_key_id_t key, const struct sealed_blob_binding *binding, const void *blob,
                                    size_t blob_size, uint8_t secret[SEALED_BLOB_CAPACITY], size_t *size);
