/*
 * Sealed storage: bytes that travel through VTL0's hands and come back.
 * AES-256-GCM under a key of DERIVE_KEY, so that a blob opens only in the same
 * image identity and security version, for the same purpose, in the same boot.
 * A blob is not fresh by itself: VTL0 can bring an old one back. Put a
 * generation inside, as trustlets/notes does, or remember its digest (fresh.h). Library iumbase-crypto; needs the
 * system call DERIVE_KEY.
 *
 *   blob = "OVSMSEAL" || version 1 || size of the secret || nonce[12] || zero[4] || ciphertext || tag[16]
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define IUM_SEALED_OVERHEAD    48u    /* bytes a blob is longer than its secret */
#define IUM_SEALED_MAX_SECRET  65536u /* bytes */
#define IUM_SEALED_MAX_PURPOSE 48u    /* bytes, at least 1 */
#define IUM_SEALED_MAX_BOUND   256u   /* bytes, may be 0 */

enum ium_sealed_status {
    IUM_SEALED_OK = 0,
    IUM_SEALED_BAD_ARGUMENT = 1, /* a size above is exceeded, or there is too little room for the result */
    IUM_SEALED_REFUSED = 2,      /* not what was sealed: one answer for every reason */
    IUM_SEALED_FAILED = 3,       /* no key (DERIVE_KEY is not allowed), or PSA failed */
};

/* What a blob is for. The memory is the caller's; both calls only read it. */
struct ium_sealed_context {
    const char *purpose; /* text: chooses the key */
    const void *bound;   /* authenticated, not stored in the blob: has to be the same again at ium_unseal */
    size_t bound_size;
};

/*
 * Seals secret[0..size) into blob, which has room bytes; *blob_size is size +
 * IUM_SEALED_OVERHEAD then. Nonces are random: at most 2^32 blobs for a purpose
 * and boot (SP 800-38D, "Constraints on the Number of Invocations"). Unless
 * IUM_SEALED_OK, blob is zeroed and *blob_size is 0.
 */
enum ium_sealed_status ium_seal(const struct ium_sealed_context *context, const void *secret, size_t size, void *blob,
                                size_t room, size_t *blob_size);

/*
 * Opens blob[0..blob_size) into secret, which has room bytes and may not
 * overlap it. blob has to be memory VTL0 cannot write, as every input of a
 * command is. Unless IUM_SEALED_OK, secret is zeroed and *size is 0.
 */
enum ium_sealed_status ium_unseal(const struct ium_sealed_context *context, const void *blob, size_t blob_size,
                                  void *secret, size_t room, size_t *size);
