#include "sets.h"

#include <crypto/key_wrap.h>
#include <lib/string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* RFC 3394, section 4, "Test Vectors": the first bytes of the one and of the other. */
static const char kek_bytes[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
static const char key_bytes[] = "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f";
static const struct {
    size_t kek_size, key_size;
    const char *wrapped;
} wraps[] = {
    { 16, 16, "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5" },
    { 24, 16, "96778b25ae6ca435f92b5b97c050aed2468ab8a17ad84e5d" },
    { 32, 16, "64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7" },
    { 24, 24, "031d33264e15d33268f24ec260743edce1c6c7ddee725a936ba814915c6762d2" },
    { 32, 24, "a8f9bc1612c68b3ff6e6f4fbe30e71e4769c8b80a32cb8958cd5d17d6b254da1" },
    { 32, 32, "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21" },
};

void set_rfc3394(struct vector_run *run)
{
    uint8_t kek[32], key[32], wrapped[40], again[32];

    vector_hex(kek_bytes, kek);
    vector_hex(key_bytes, key);
    for (size_t i = 0; i < COUNT(wraps); i++) {
        vector_judge(run, key_wrap(kek, wraps[i].kek_size, key, wraps[i].key_size, wrapped) == CRYPTO_OK &&
                              vector_is(wrapped, wraps[i].key_size + 8, wraps[i].wrapped));
        vector_judge(run, key_unwrap(kek, wraps[i].kek_size, wrapped, wraps[i].key_size + 8, again) == CRYPTO_OK &&
                              memcmp(again, key, wraps[i].key_size) == 0);
    }
}

/* RFC 5649, section 6, "Padded Key Wrap Examples". */
static const char padded_kek[] = "5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8";
static const struct {
    const char *key, *wrapped;
} padded[] = {
    { "c37b7e6492584340bed12207808941155068f738", "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a" },
    { "466f7250617369", "afbeb0f07dfbf5419200f2ccb50bb24f" },
};

void set_rfc5649(struct vector_run *run)
{
    uint8_t kek[24], key[24], wrapped[32], again[24];
    size_t size, again_size;

    vector_hex(padded_kek, kek);
    for (size_t i = 0; i < COUNT(padded); i++) {
        size = vector_hex(padded[i].key, key);
        vector_judge(run, key_wrap_padded(kek, sizeof(kek), key, size, wrapped) == CRYPTO_OK &&
                              vector_is(wrapped, KEY_WRAP_PADDED_SIZE(size), padded[i].wrapped));
        vector_judge(run, key_unwrap_padded(kek, sizeof(kek), wrapped, KEY_WRAP_PADDED_SIZE(size), again, &again_size) ==
                              CRYPTO_OK && again_size == size && memcmp(again, key, size) == 0);
    }
}
