#include "sets.h"

#include <crypto/kerberos.h>
#include <crypto/kerberos_parts.h>
#include <lib/string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* RFC 3961, appendix A.1. */
static const struct {
    const char *text;
    size_t size;
    const char *folded;
} folds[] = {
    { "012345", 8, "be072631276b1955" },
    { "password", 7, "78a07b6caf85fa" },
    { "Rough Consensus, and Running Code", 8, "bb6ed30870b7f0e0" },
    { "password", 21, "59e4a8ca7c0385c3c37b3f6d2000247cb6e6bd5b3e" },
    { "MASSACHVSETTS INSTITVTE OF TECHNOLOGY", 24, "db3b0d8f0b061e603282b308a50841229ad798fab9540c1b" },
    { "Q", 21, "518a54a215a8452a518a54a215a8452a518a54a215" },
    { "ba", 21, "fb25d531ae8974499f52fd92ea9857c4ba24cf297e" },
    { "kerberos", 8, "6b65726265726f73" },
    { "kerberos", 16, "6b65726265726f737b9b5b2b93132b93" },
    { "kerberos", 21, "8372c236344e5f1550cd0747e15d62ca7a5a3bcea4" },
    { "kerberos", 32, "6b65726265726f737b9b5b2b93132b935c9bdcdad95c9899c4cae4dee6d6cae4" },
};

void set_nfold(struct vector_run *run)
{
    uint8_t folded[32];

    for (size_t i = 0; i < COUNT(folds); i++) {
        kerberos_nfold((const uint8_t *)folds[i].text, strlen(folds[i].text), folded, folds[i].size);
        vector_judge(run, vector_is(folded, folds[i].size, folds[i].folded));
    }
}

/* RFC 3962, appendix B, "Sample Test Vectors". */
#define X8 "XXXXXXXX"
#define X64 X8 X8 X8 X8 X8 X8 X8 X8

static const struct {
    const char *password;
    const char *salt;
    uint32_t iterations;
    const char *key128;
    const char *key256;
} pass_phrases[] = {
    { "password", "ATHENA.MIT.EDUraeburn", 1, "42263c6e89f4fc28b8df68ee09799f15",
      "fe697b52bc0d3ce14432ba036a92e65bbb52280990a2fa27883998d72af30161" },
    { "password", "ATHENA.MIT.EDUraeburn", 2, "c651bf29e2300ac27fa469d693bdda13",
      "a2e16d16b36069c135d5e9d2e25f896102685618b95914b467c67622225824ff" },
    { "password", "ATHENA.MIT.EDUraeburn", 1200, "4c01cd46d632d01e6dbe230a01ed642a",
      "55a6ac740ad17b4846941051e1e8b0a7548d93b0ab30a8bc3ff16280382b8c2a" },
    { "password", "\x12\x34\x56\x78\x78\x56\x34\x12", 5, "e9b23d52273747dd5c35cb55be619d8e",
      "97a4e786be20d81a382d5ebc96d5909cabcdadc87ca48f574504159f16c36e31" },
    { X64, "pass phrase equals block size", 1200, "59d1bb789a828b1aa54ef9c2883f69ed",
      "89adee3608db8bc71f1bfbfe459486b05618b70cbae22092534e56c553ba4b34" },
    { X64 "X", "pass phrase exceeds block size", 1200, "cb8005dc5f90179a7f02104c0018751d",
      "d78c5c9cb872a8c9dad4697f0bb5b2d21496c82beb2caeda2112fceea057401b" },
    { "\xf0\x9d\x84\x9e", "EXAMPLE.COMpianist", 50, "f149c1f2e154a73452d43e7fe62a56e5",
      "4b6d9839f84406df1f09cc166db4b83c571848b784a3d6bdc346589a3e393f9e" },
};

/* Key "chicken teriyaki"; the message's first bytes. */
static const char message[] = "I would like the General Gau's Chicken, please, and wonton soup.";
static const struct {
    size_t size;
    const char *ciphertext;
} stolen[] = {
    { 17, "c6353568f2bf8cb4d8a580362da7ff7f97" },
    { 31, "fc00783e0efdb2c1d445d4c8eff7ed2297687268d6ecccc0c07b25e25ecfe5" },
    { 32, "39312523a78662d5be7fcbcc98ebf5a897687268d6ecccc0c07b25e25ecfe584" },
    { 47, "97687268d6ecccc0c07b25e25ecfe584b3fffd940c16a18c1b5549d2f838029e39312523a78662d5be7fcbcc98ebf5" },
    { 48, "97687268d6ecccc0c07b25e25ecfe5849dad8bbb96c4cdc03bc103e1a194bbd839312523a78662d5be7fcbcc98ebf5a8" },
    { 64, "97687268d6ecccc0c07b25e25ecfe58439312523a78662d5be7fcbcc98ebf5a84807efe836ee89a526730dbc2f7bc840"
          "9dad8bbb96c4cdc03bc103e1a194bbd8" },
};

static bool string_to_key(enum kerberos_type type, const char *password, const uint8_t *salt, size_t salt_size,
                          uint32_t iterations, const char *wanted)
{
    uint8_t key[KERBEROS_MAX_KEY];

    return kerberos_string_to_key(type, (const uint8_t *)password, strlen(password), salt, salt_size, iterations, key) ==
               CRYPTO_OK && vector_is(key, kerberos_key_size(type), wanted);
}

void set_rfc3962(struct vector_run *run)
{
    const uint8_t *key = (const uint8_t *)"chicken teriyaki";
    uint8_t data[64];

    for (size_t i = 0; i < COUNT(pass_phrases); i++) {
        const uint8_t *salt = (const uint8_t *)pass_phrases[i].salt;
        size_t salt_size = strlen(pass_phrases[i].salt);

        vector_judge(run, string_to_key(KERBEROS_AES128_SHA1, pass_phrases[i].password, salt, salt_size,
                                        pass_phrases[i].iterations, pass_phrases[i].key128));
        vector_judge(run, string_to_key(KERBEROS_AES256_SHA1, pass_phrases[i].password, salt, salt_size,
                                        pass_phrases[i].iterations, pass_phrases[i].key256));
    }
    for (size_t i = 0; i < COUNT(stolen); i++) {
        memcpy(data, message, stolen[i].size);
        vector_judge(run, kerberos_cts_encrypt(key, 16, data, stolen[i].size) &&
                              vector_is(data, stolen[i].size, stolen[i].ciphertext));
        vector_judge(run, kerberos_cts_decrypt(key, 16, data, stolen[i].size) && memcmp(data, message, stolen[i].size) == 0);
    }
}

/* RFC 8009, appendix A, "Test Vectors". */
static const char key128[] = "3705d96080c17728a0e800eab6e0d23c";
static const char key256[] = "6d404d37faf79f9df0d33568d320669800eb4836472ea8a026d16b7182460c52";

/* "Sample results for key derivation", usage 2. */
static const struct {
    enum kerberos_type type;
    enum kerberos_purpose purpose;
    const char *derived;
} derivations[] = {
    { KERBEROS_AES128_SHA256, KERBEROS_CHECKSUM, "b31a018a48f54776f403e9a396325dc3" },
    { KERBEROS_AES128_SHA256, KERBEROS_ENCRYPTION, "9b197dd1e8c5609d6e67c3e37c62c72e" },
    { KERBEROS_AES128_SHA256, KERBEROS_INTEGRITY, "9fda0e56ab2d85e1569a688696c26a6c" },
    { KERBEROS_AES256_SHA384, KERBEROS_CHECKSUM, "ef5718be86cc84963d8bbb5031e9f5c4ba41f28faf69e73d" },
    { KERBEROS_AES256_SHA384, KERBEROS_ENCRYPTION, "56ab22bee63d82d7bc5227f6773f8ea7a5eb1c825160c38312980c442e5c7e49" },
    { KERBEROS_AES256_SHA384, KERBEROS_INTEGRITY, "69b16514e3cd8e56b82010d5c73012b622c4d00ffc23ed1f" },
};

/* "Sample encryptions", usage 2; the plaintext is the bytes 0, 1, 2 and so on. */
static const struct {
    enum kerberos_type type;
    size_t size;
    const char *confounder;
    const char *ciphertext;
} encryptions[] = {
    { KERBEROS_AES128_SHA256, 0, "7e5895eaf2672435bad817f545a37148",
      "ef85fb890bb8472f4dab20394dca781dad877eda39d50c870c0d5a0a8e48c718" },
    { KERBEROS_AES128_SHA256, 6, "7bca285e2fd4130fb55b1a5c83bc5b24",
      "84d7f30754ed987bab0bf3506beb09cfb55402cef7e6877ce99e247e52d16ed4421dfdf8976c" },
    { KERBEROS_AES128_SHA256, 16, "56ab21713ff62c0a1457200f6fa9948f",
      "3517d640f50ddc8ad3628722b3569d2ae07493fa8263254080ea65c1008e8fc295fb4852e7d83e1e7c48c37eebe6b0d3" },
    { KERBEROS_AES128_SHA256, 21, "a7a4e29a4728ce10664fb64e49ad3fac",
      "720f73b18d9859cd6ccb4346115cd336c70f58edc0c4437c5573544c31c813bce1e6d072c186b39a413c2f92ca9b8334a287ffcbfc" },
    { KERBEROS_AES256_SHA384, 0, "f764e9fa15c276478b2c7d0c4e5f58e4",
      "41f53fa5bfe7026d91faf9be959195a058707273a96a40f0a01960621ac612748b9bbfbe7eb4ce3c" },
    { KERBEROS_AES256_SHA384, 6, "b80d3251c1f6471494256ffe712d0b9a",
      "4ed7b37c2bcac8f74f23c1cf07e62bc7b75fb3f637b9f559c7f664f69eab7b6092237526ea0d1f61cb20d69d10f2" },
    { KERBEROS_AES256_SHA384, 16, "53bf8a0d105265d4e276428624ce5e63",
      "bc47ffec7998eb91e8115cf8d19dac4bbbe2e163e87dd37f49beca92027764f68cf51f14d798c2273f35df574d1f932e40c4ff255b36a266" },
    { KERBEROS_AES256_SHA384, 21, "763e65367e864f02f55153c7e3b58af1",
      "40013e2df58e8751957d2878bcd2d6fe101ccfd556cb1eae79db3c3ee86429f2b2a602ac86fef6ecb647d6295fae077a1feb517508d2c16b4192"
      "e01f62" },
};

static size_t base_key(enum kerberos_type type, uint8_t key[KERBEROS_MAX_KEY])
{
    return vector_hex(type == KERBEROS_AES128_SHA256 ? key128 : key256, key);
}

static void judge_encryption(struct vector_run *run, size_t i)
{
    uint8_t key[KERBEROS_MAX_KEY], confounder[KERBEROS_CONFOUNDER], plaintext[64 + KERBEROS_MAX_OVERHEAD], ciphertext[64 + 40];
    size_t size = encryptions[i].size;
    size_t whole = size + kerberos_overhead(encryptions[i].type);
    bool good = true;

    base_key(encryptions[i].type, key);
    vector_hex(encryptions[i].confounder, confounder);
    for (size_t j = 0; j < size; j++) {
        plaintext[j] = (uint8_t)j;
    }
    vector_judge(run, kerberos_encrypt_with(encryptions[i].type, key, 2, confounder, plaintext, size, ciphertext) == CRYPTO_OK &&
                          vector_is(ciphertext, whole, encryptions[i].ciphertext));
    memset(plaintext, 0xee, sizeof(plaintext));
    good = kerberos_decrypt(encryptions[i].type, key, 2, ciphertext, whole, plaintext) == CRYPTO_OK;
    for (size_t j = 0; j < size; j++) {
        good = good && plaintext[j] == j;
    }
    vector_judge(run, good);
}

/* "Sample pseudorandom function (PRF) invocations". */
static void judge_prf(struct vector_run *run, enum kerberos_type type, const char *wanted)
{
    uint8_t key[KERBEROS_MAX_KEY], out[KERBEROS_MAX_PRF];

    base_key(type, key);
    vector_judge(run, kerberos_prf(type, key, (const uint8_t *)"test", 4, out) == CRYPTO_OK &&
                          vector_is(out, kerberos_prf_size(type), wanted));
}

/* "Sample checksums", usage 2, of the bytes 0 to 20. */
static void judge_checksum(struct vector_run *run, enum kerberos_type type, const char *wanted)
{
    uint8_t key[KERBEROS_MAX_KEY], data[21], tag[KERBEROS_MAX_TAG];

    base_key(type, key);
    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)i;
    }
    vector_judge(run, kerberos_checksum(type, key, 2, data, sizeof(data), tag) == CRYPTO_OK &&
                          vector_is(tag, kerberos_checksum_size(type), wanted));
    vector_judge(run, kerberos_checksum_verify(type, key, 2, data, sizeof(data), tag) == CRYPTO_OK);
}

void set_rfc8009(struct vector_run *run)
{
    uint8_t key[KERBEROS_MAX_KEY], derived[KERBEROS_MAX_KEY];

    for (size_t i = 0; i < COUNT(derivations); i++) {
        base_key(derivations[i].type, key);
        vector_judge(run, kerberos_usage_key(kerberos_profile(derivations[i].type), key, 2, derivations[i].purpose, derived) ==
                              CRYPTO_OK && vector_is(derived, strlen(derivations[i].derived) / 2, derivations[i].derived));
    }
    for (size_t i = 0; i < COUNT(encryptions); i++) {
        judge_encryption(run, i);
    }
    judge_prf(run, KERBEROS_AES128_SHA256, "9d188616f63852fe86915bb840b4a886ff3e6bb0f819b49b893393d393854295");
    judge_prf(run, KERBEROS_AES256_SHA384, "9801f69a368c2bf675e59521e177d9a07f67efe1cfde8d3c8d6f6a0256e3b17d"
                                           "b3c1b62ad1b8553360d17367eb1514d2");
    judge_checksum(run, KERBEROS_AES128_SHA256, "d78367186643d67b411cba9139fc1dee");
    judge_checksum(run, KERBEROS_AES256_SHA384, "45ee791567eefca37f4ac1e0222de80d43c3bfa06699672a");
}

/* "Sample results for string-to-key conversion": password "password", 32768 iterations. */
void set_rfc8009_string_to_key(struct vector_run *run)
{
    uint8_t salt[64];
    size_t size = vector_hex("10df9dd783e5bc8acea1730e74355f61", salt);

    memcpy(salt + size, "ATHENA.MIT.EDUraeburn", 21);
    size += 21;
    vector_judge(run, string_to_key(KERBEROS_AES128_SHA256, "password", salt, size, 32768, "089bca48b105ea6ea77ca5d2f39dc5e7"));
    vector_judge(run, string_to_key(KERBEROS_AES256_SHA384, "password", salt, size, 32768,
                                    "45bd806dbf6a833a9cffc1c94589a222367a79bc21c413718906e9f578a78467"));
}
