/* NTLMv2 (MS-NLMP) from a password: the hash, the key and the answer. crypto_start comes first. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/credvault.h>
#include <crypto/status.h>

#define NTLM_HASH_SIZE      16u
#define NTLM_CHALLENGE_SIZE 8u

/*
 * MS-NLMP, "NTLM v2 Authentication": MD4(UNICODE(Passwd)).
 * password: UTF-8, at most CREDVAULT_MAX_PASSWORD bytes, no U+0000.
 * CRYPTO_BAD_REQUEST otherwise, nt_hash zeroed.
 */
enum crypto_status ntlm_nt_hash(const uint8_t *password, size_t size, uint8_t nt_hash[NTLM_HASH_SIZE]);

/*
 * NTOWFv2 of the same section from the NT hash: HMAC-MD5(nt_hash, UNICODE(Uppercase(User) || UserDom)).
 * user: 1..CREDVAULT_MAX_USER bytes of ASCII (text_ascii_upper says why).
 * domain: UTF-8, at most CREDVAULT_MAX_DOMAIN bytes, taken as it is, may be
 * empty. CRYPTO_BAD_REQUEST otherwise, key zeroed.
 */
enum crypto_status ntlm_ntowfv2(const uint8_t nt_hash[NTLM_HASH_SIZE], const uint8_t *user, size_t user_size,
                                const uint8_t *domain, size_t domain_size, uint8_t key[NTLM_HASH_SIZE]);

/*
 * Has blob[0..size) the form of "NTLMv2_CLIENT_CHALLENGE": versions 1,
 * reserved fields zero, AV pairs that end in MsvAvEOL, then nothing or the four
 * zero bytes that section appends? At most CREDVAULT_MAX_CLIENT_BLOB bytes.
 */
bool ntlm_is_client_challenge(const uint8_t *blob, size_t size);

/*
 * NTProofStr and SessionBaseKey of the same section for client_blob ("temp"),
 * which must be what ntlm_is_client_challenge accepts. That is no formality:
 * with free choice of what is authenticated, a proof seen on the wire, cut into
 * challenge and blob, would be answered with that session's key.
 * CRYPTO_BAD_REQUEST otherwise; both outputs are zeroed unless CRYPTO_OK.
 */
enum crypto_status ntlmv2_response(const uint8_t key[NTLM_HASH_SIZE], const uint8_t server_challenge[NTLM_CHALLENGE_SIZE],
                                   const uint8_t *client_blob, size_t client_blob_size,
                                   uint8_t nt_proof_str[NTLM_HASH_SIZE], uint8_t session_base_key[NTLM_HASH_SIZE]);
