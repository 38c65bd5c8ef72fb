/* MD4 against RFC 1320, "A.5 Test suite", and OpenSSL's digests around the edges of padding and block. */
#include "support.h"

#include <string.h>

#include <crypto/md4.h>

struct vector {
    const char *message;
    const char *digest;
};

static const struct vector vectors[] = {
    { "", "31d6cfe0d16ae931b73c59d7e0c089c0" },
    { "a", "bde52cb31de33e46245e05fbdbd6fb24" },
    { "abc", "a448017aaf21d8525fc10ae87aa6729d" },
    { "message digest", "d9130a8164549fe818874806e1c7014b" },
    { "abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9" },
    { "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "043f8582f241db351ce627e153e7f0e4" },
    { "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
      "e33b4ddc9c38f2199c3e7b164fcc0536" },
};

static void published_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        uint8_t digest[MD4_SIZE];

        md4(vectors[i].message, strlen(vectors[i].message), digest);
        support_assert_hex(digest, sizeof(digest), vectors[i].digest);
    }
}

struct edge {
    size_t size;
    const char *digest;
};

/* printf x..x | openssl dgst -md4 -provider legacy */
static const struct edge edges[] = {
    { 55, "92f32bb82c95ad10e8f87ae58ab06807" },
    { 56, "374d5f08103b7092c83b4626ebceffab" },
    { 57, "eebaefd8f3ba932d44239a789c38317a" },
    { 63, "2870452596e98fffd48332289b3472b9" },
    { 64, "b1abf956a5ae6f3221e5fe85e300fbb0" },
    { 65, "afc1a3308fc176a53238a09aeddec2e6" },
    { 119, "b55ae15e41e55643b0c3daad5e05c905" },
    { 120, "d8f9adfc41ec43552619606c70cfd287" },
    { 121, "7e80d80cef6abc4bb9fb15cf8a1b06a2" },
    { 127, "52de10b34a64d0f7d57eb11be1b7260d" },
    { 128, "7c087dd92a6743e09f3763a6d99c9d26" },
    { 129, "cdd77b6cd41318e2fb67f56ce00d9b2e" },
};

static void padding_edges(void **state)
{
    uint8_t text[129];

    (void)state;
    memset(text, 'x', sizeof(text));
    for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
        uint8_t digest[MD4_SIZE];

        md4(text, edges[i].size, digest);
        support_assert_hex(digest, sizeof(digest), edges[i].digest);
    }
}

/* Every size up to three blocks: no two digests of a run of one letter are equal. */
static void sizes_matter(void **state)
{
    static uint8_t digests[193][MD4_SIZE];
    uint8_t text[192];

    (void)state;
    memset(text, 'x', sizeof(text));
    for (size_t size = 0; size <= sizeof(text); size++) {
        md4(text, size, digests[size]);
        for (size_t i = 0; i < size; i++) {
            assert_memory_not_equal(digests[i], digests[size], MD4_SIZE);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(padding_edges),
        cmocka_unit_test(sizes_matter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
