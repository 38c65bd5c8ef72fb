/* The vault's own challenge: HMAC-SHA-256 under a key stretched from the password. docs/vault.md defines it byte by byte. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <abi/credvault.h>
#include <crypto/status.h>

#define VAULT_HMAC_SIZE       32u
#define VAULT_HMAC_ITERATIONS 4096u

/*
 * key = PBKDF2-HMAC-SHA-256(password, "OpenVSM credvault hmac v1" || 0 || upper(user) || 0 || domain).
 * Same limits and the same CRYPTO_BAD_REQUEST as ntlm.h. key is zeroed unless CRYPTO_OK.
 */
enum crypto_status vault_hmac_key(const uint8_t *password, size_t password_size, const uint8_t *user, size_t user_size,
                                  const uint8_t *domain, size_t domain_size, uint8_t key[VAULT_HMAC_SIZE]);

/*
 * tag = HMAC-SHA-256(key, "OpenVSM credvault challenge v1" || 0 || message), message at most
 * CREDVAULT_MAX_MESSAGE bytes. The text in front keeps what the key is used for here apart from every other use of it.
 */
enum crypto_status vault_hmac_tag(const uint8_t key[VAULT_HMAC_SIZE], const uint8_t *message, size_t size,
                                  uint8_t tag[VAULT_HMAC_SIZE]);
