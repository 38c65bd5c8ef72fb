/* The vault's keys, and blobs under them: who this vault is and what it runs on goes into each. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/credvault.h>
#include <abi/ium.h>
#include <crypto/ed25519.h>
#include <crypto/sealed_blob.h>

enum seal_purpose { SEAL_STATE = 1, SEAL_CREDENTIAL = 2 };

/* Takes keys, identity and platform from the secure kernel. False: it does not give them, or the library failed. */
bool seal_start(void);

/* Who and where: constant after seal_start. */
uint32_t seal_security_version(void);
uint32_t seal_root(void); /* enum ium_root */
const uint8_t *seal_audit_public_key(void); /* ED25519_PUBLIC_SIZE bytes */

/* Seals secret[0..size) for the credential (0: the state) and generation. CREDVAULT_SUCCESS or CREDVAULT_INTERNAL. */
enum credvault_status seal(enum seal_purpose purpose, uint32_t credential, uint32_t generation, const void *secret, size_t size,
                           uint8_t blob[SEALED_BLOB_MAX], size_t *blob_size);

/* The reverse, into SEALED_BLOB_MAX_SECRET bytes: CREDVAULT_SUCCESS or CREDVAULT_BLOB_REFUSED, secret zeroed then. */
enum credvault_status unseal(enum seal_purpose purpose, uint32_t credential, uint32_t generation, const void *blob, size_t blob_size,
                             uint8_t *secret, size_t *size);

/* Why a blob that should be a state does not open, by what it says of itself: from CREDVAULT_STATE_DAMAGED to CREDVAULT_OTHER_ROOT. */
enum credvault_reason seal_reason(const void *blob, size_t blob_size);

/* The same for a vault of that binding, on a platform with that root. Pure. */
enum credvault_reason seal_difference(const struct sealed_blob_binding *mine, uint32_t root, const void *blob, size_t blob_size);

/* Ed25519 by the key of audit heads. False: the secure kernel does not give it. */
bool seal_sign(const void *message, size_t size, uint8_t signature[ED25519_SIGNATURE_SIZE]);
