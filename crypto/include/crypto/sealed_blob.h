/*
 * A secret on its way through VTL0's hands: authenticated encryption bound to
 * what sealed it. docs/vault.md has the layout. crypto_start comes first.
 *
 *   blob = struct sealed_blob_header || AES-256-GCM(secret) || tag[16]
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <psa/crypto.h>

#include <crypto/status.h>

#define SEALED_BLOB_KEY_SIZE 32u
#define SEALED_BLOB_VERSION  2u
#define SEALED_BLOB_TAG_SIZE 16u
#define SEALED_BLOB_MAX      3904u /* bytes of a blob: what a trustlet can give to VTL0 under a name */
#define SEALED_BLOB_ROOT_ID  16u
#define SEALED_BLOB_PCRS     3u

/* Whose secret it is, what for, and what it was sealed on. A blob opens only under the binding it was sealed with. */
struct sealed_blob_binding {
    uint32_t purpose;          /* chosen by the trustlet */
    uint8_t identity[16];      /* the trustlet's own, from the secure kernel */
    uint32_t security_version;
    uint32_t number;           /* of what is inside, chosen by the trustlet */
    uint64_t generation;       /* the same */
    uint8_t root_id[SEALED_BLOB_ROOT_ID];  /* names the root of the keys */
    uint8_t pcrs[SEALED_BLOB_PCRS][32];    /* of the platform; for whoever has to say why a blob does not open */
};

/* All of it is authenticated and compared, none of it is secret. Integers are little-endian. */
struct sealed_blob_header {
    uint8_t magic[8]; /* "OVSMBLOB" */
    uint32_t version;
    uint32_t purpose;
    uint8_t identity[16];
    uint32_t security_version;
    uint32_t number;
    uint64_t generation;
    uint8_t root_id[SEALED_BLOB_ROOT_ID];
    uint8_t pcrs[SEALED_BLOB_PCRS][32];
    uint32_t size;    /* of the secret, bytes */
    uint8_t nonce[12];
};
_Static_assert(offsetof(struct sealed_blob_header, identity) == 16, "sealed blob header");
_Static_assert(offsetof(struct sealed_blob_header, generation) == 40, "sealed blob header");
_Static_assert(offsetof(struct sealed_blob_header, pcrs) == 64, "sealed blob header");
_Static_assert(offsetof(struct sealed_blob_header, nonce) == 164, "sealed blob header");
_Static_assert(sizeof(struct sealed_blob_header) == 176, "sealed blob header");

#define SEALED_BLOB_OVERHEAD   (sizeof(struct sealed_blob_header) + SEALED_BLOB_TAG_SIZE)
#define SEALED_BLOB_MAX_SECRET (SEALED_BLOB_MAX - SEALED_BLOB_OVERHEAD)

/* Puts a key into PSA, where it can seal and open but not be exported. The caller wipes its copy. */
enum crypto_status sealed_blob_key_import(const uint8_t key[SEALED_BLOB_KEY_SIZE], psa_key_id_t *id);

/*
 * Seals secret[0..size) into blob, size + SEALED_BLOB_OVERHEAD bytes then. The nonce is random: no more than 2^32 blobs for
 * one key (SP 800-38D, "Constraints on the Number of Invocations"). CRYPTO_BAD_REQUEST when size > SEALED_BLOB_MAX_SECRET;
 * blob is zeroed and *blob_size is 0 unless CRYPTO_OK.
 */
enum crypto_status sealed_blob_seal(psa_key_id_t key, const struct sealed_blob_binding *binding, const void *secret,
                                    size_t size, uint8_t blob[SEALED_BLOB_MAX], size_t *blob_size);

/*
 * Opens blob[0..blob_size) into secret; *size bytes of it count. CRYPTO_REFUSED for every wrong blob, without telling why and
 * with the same work done whatever is wrong with a blob of that size. Unless CRYPTO_OK, secret is zeroed and *size is 0.
 * Memory of blob must be the caller's alone, not VTL0's.
 */
enum crypto_status sealed_blob_open(psa_key_id_t key, const struct sealed_blob_binding *binding, const void *blob,
                                    size_t blob_size, uint8_t secret[SEALED_BLOB_MAX_SECRET], size_t *size);

/*
 * What a blob says of itself: a claim of whoever brings it, good for asking sealed_blob_open and for words. False: too short
 * or too long, no such magic or version, or another length than it says; *header is untouched then.
 */
bool sealed_blob_claims(const void *blob, size_t blob_size, struct sealed_blob_header *header);
