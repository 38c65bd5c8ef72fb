#include "sets.h"

#include <crypto/ntlm.h>

#define TEXT(literal) (const uint8_t *)(literal), sizeof(literal) - 1

/*
 * MS-NLMP, "NTLMv2 Authentication" of "Cryptographic Values for Validation": user "User", domain "Domain", password "Password",
 * "temp" with time 0, a client challenge of 0xaa and the target information of server "Server" in domain "Domain".
 */
static const char temp_hex[] = "01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000"
                               "02000c0044006f006d00610069006e00"
                               "01000c005300650072007600650072000000000000000000";

void set_ntlmv2(struct vector_run *run)
{
    static const uint8_t challenge[NTLM_CHALLENGE_SIZE] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };
    uint8_t nt_hash[NTLM_HASH_SIZE], key[NTLM_HASH_SIZE], proof[NTLM_HASH_SIZE], session_key[NTLM_HASH_SIZE], temp[128];
    size_t size = vector_hex(temp_hex, temp);

    vector_judge(run, ntlm_nt_hash(TEXT("Password"), nt_hash) == CRYPTO_OK &&
                          vector_is(nt_hash, sizeof(nt_hash), "a4f49c406510bdcab6824ee7c30fd852"));
    vector_judge(run, ntlm_ntowfv2(nt_hash, TEXT("User"), TEXT("Domain"), key) == CRYPTO_OK &&
                          vector_is(key, sizeof(key), "0c868a403bfd7a93a3001ef22ef02e3f"));
    vector_judge(run, ntlmv2_response(key, challenge, temp, size, proof, session_key) == CRYPTO_OK &&
                          vector_is(proof, sizeof(proof), "68cd0ab851e51c96aabc927bebef6a1c") &&
                          vector_is(session_key, sizeof(session_key), "8de40ccadbc14a82f15cb0ad0de95ca3"));
}
