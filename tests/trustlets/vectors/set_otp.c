#include "sets.h"

#include <crypto/otp.h>
#include <lib/string.h>

/* RFC 4226, appendix D, "HOTP Algorithm: Test Values", counters 0 to 9. */
static const uint32_t codes[] = { 755224, 287082, 359152, 969429, 338314, 254676, 287922, 162583, 399871, 520489 };

/* RFC 6238, appendix B, "Test Vectors": 8 digits, steps of 30 s, the secret repeated up to the hash's size (and its erratum). */
static const struct {
    uint64_t time;
    uint32_t sha1, sha256, sha512;
} times[] = {
    { 59, 94287082, 46119246, 90693936 },
    { 1111111109, 7081804, 68084774, 25091201 },
    { 1111111111, 14050471, 67062674, 99943326 },
    { 1234567890, 89005924, 91819424, 93441116 },
    { 2000000000, 69279037, 90698825, 38618901 },
    { 20000000000, 65353130, 77737706, 47863826 },
};

static const uint8_t secret[] = "1234567890123456789012345678901234567890123456789012345678901234";

void set_hotp(struct vector_run *run)
{
    uint32_t code;

    for (uint64_t counter = 0; counter < sizeof(codes) / sizeof(codes[0]); counter++) {
        vector_judge(run, hotp(MAC_SHA1, secret, 20, counter, 6, &code) == CRYPTO_OK && code == codes[counter]);
    }
}

static void judge_time(struct vector_run *run, enum mac_hash hash, uint64_t time, uint32_t wanted)
{
    uint32_t code;

    vector_judge(run, totp(hash, secret, mac_size(hash), time, 0, 30, 8, &code) == CRYPTO_OK && code == wanted);
}

void set_totp(struct vector_run *run)
{
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        judge_time(run, MAC_SHA1, times[i].time, times[i].sha1);
        judge_time(run, MAC_SHA256, times[i].time, times[i].sha256);
        judge_time(run, MAC_SHA512, times[i].time, times[i].sha512);
    }
}
