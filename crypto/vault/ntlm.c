#include <crypto/ntlm.h>

#include <crypto/mac.h>
#include <crypto/md4.h>
#include <crypto/text.h>
#include <lib/string.h>

#define AV_PAIRS_OFFSET  28u
#define AV_HEADER_SIZE   4u
#define AV_EOL           0u
#define TEMP_ZEROS       4u /* what follows the client challenge in "temp" */

enum crypto_status ntlm_nt_hash(const uint8_t *password, size_t size, uint8_t nt_hash[NTLM_HASH_SIZE])
{
    uint8_t unicode[2 * CREDVAULT_MAX_PASSWORD];
    size_t unicode_size = 0;

    memset(nt_hash, 0, NTLM_HASH_SIZE);
    if (size > CREDVAULT_MAX_PASSWORD || !text_utf16le(password, size, unicode, sizeof(unicode), &unicode_size)) {
        return CRYPTO_BAD_REQUEST;
    }
    md4(unicode, unicode_size, nt_hash);
    secure_zero(unicode, sizeof(unicode));
    return CRYPTO_OK;
}

enum crypto_status ntlm_ntowfv2(const uint8_t nt_hash[NTLM_HASH_SIZE], const uint8_t *user, size_t user_size,
                                const uint8_t *domain, size_t domain_size, uint8_t key[NTLM_HASH_SIZE])
{
    uint8_t upper[CREDVAULT_MAX_USER];
    uint8_t user_unicode[2 * CREDVAULT_MAX_USER];
    uint8_t domain_unicode[2 * CREDVAULT_MAX_DOMAIN];
    struct mac_part parts[2] = { { user_unicode, 0 }, { domain_unicode, 0 } };

    memset(key, 0, NTLM_HASH_SIZE);
    if (user_size == 0 || user_size > CREDVAULT_MAX_USER || domain_size > CREDVAULT_MAX_DOMAIN ||
        !text_ascii_upper(user, user_size, upper) ||
        !text_utf16le(upper, user_size, user_unicode, sizeof(user_unicode), &parts[0].size) ||
        !text_utf16le(domain, domain_size, domain_unicode, sizeof(domain_unicode), &parts[1].size)) {
        return CRYPTO_BAD_REQUEST;
    }
    return mac_compute(MAC_MD5, nt_hash, NTLM_HASH_SIZE, parts, 2, key);
}

static uint32_t load_u16(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8;
}

static bool all_zero(const uint8_t *at, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (at[i] != 0) {
            return false;
        }
    }
    return true;
}

/* MS-NLMP, "AV_PAIR": AvId, AvLen, Value; the list ends with AvId 0 of length 0. */
static bool av_pairs_are_whole(const uint8_t *at, size_t size)
{
    while (size >= AV_HEADER_SIZE) {
        size_t length = load_u16(at + 2);

        if (load_u16(at) == AV_EOL) {
            size -= AV_HEADER_SIZE;
            return length == 0 && (size == 0 || size == TEMP_ZEROS) && all_zero(at + AV_HEADER_SIZE, size);
        }
        if (length > size - AV_HEADER_SIZE) {
            return false;
        }
        at += AV_HEADER_SIZE + length;
        size -= AV_HEADER_SIZE + length;
    }
    return false;
}

/* MS-NLMP, "NTLMv2: NTLMv2_CLIENT_CHALLENGE": RespType, HiRespType, Reserved1, Reserved2, TimeStamp, ChallengeFromClient, Reserved3. */
bool ntlm_is_client_challenge(const uint8_t *blob, size_t size)
{
    return size >= AV_PAIRS_OFFSET + AV_HEADER_SIZE && size <= CREDVAULT_MAX_CLIENT_BLOB && blob[0] == 1 && blob[1] == 1 &&
           all_zero(blob + 2, 6) && all_zero(blob + 24, 4) &&
           av_pairs_are_whole(blob + AV_PAIRS_OFFSET, size - AV_PAIRS_OFFSET);
}

enum crypto_status ntlmv2_response(const uint8_t key[NTLM_HASH_SIZE], const uint8_t server_challenge[NTLM_CHALLENGE_SIZE],
                                   const uint8_t *client_blob, size_t client_blob_size,
                                   uint8_t nt_proof_str[NTLM_HASH_SIZE], uint8_t session_base_key[NTLM_HASH_SIZE])
{
    const struct mac_part proof_parts[] = { { server_challenge, NTLM_CHALLENGE_SIZE }, { client_blob, client_blob_size } };
    const struct mac_part key_parts[] = { { nt_proof_str, NTLM_HASH_SIZE } };
    enum crypto_status status = CRYPTO_BAD_REQUEST;

    memset(session_base_key, 0, NTLM_HASH_SIZE);
    if (ntlm_is_client_challenge(client_blob, client_blob_size)) {
        status = mac_compute(MAC_MD5, key, NTLM_HASH_SIZE, proof_parts, 2, nt_proof_str);
    }
    if (status == CRYPTO_OK) {
        status = mac_compute(MAC_MD5, key, NTLM_HASH_SIZE, key_parts, 1, session_base_key);
    }
    if (status != CRYPTO_OK) {
        memset(nt_proof_str, 0, NTLM_HASH_SIZE);
    }
    return status;
}
