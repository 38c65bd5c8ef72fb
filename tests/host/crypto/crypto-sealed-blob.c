/* Sealed blobs: AES-256-GCM against published vectors, then every way a blob can be wrong. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include <crypto/sealed_blob.h>

static const uint8_t key_bytes[SEALED_BLOB_KEY_SIZE] = { 0x42, 1, 2, 3 };
static const struct sealed_blob_binding binding = { .purpose = 7, .identity = { 0xf6, 0xa2 }, .security_version = 3 };
static const char secret[] = "correct horse battery staple";

static psa_key_id_t import(const uint8_t key[SEALED_BLOB_KEY_SIZE])
{
    psa_key_id_t id;

    assert_int_equal(sealed_blob_key_import(key, &id), CRYPTO_OK);
    return id;
}

static void seal(psa_key_id_t key, uint8_t blob[SEALED_BLOB_SIZE])
{
    assert_int_equal(sealed_blob_seal(key, &binding, secret, sizeof(secret), blob), CRYPTO_OK);
}

/* Opens a copy of exactly size bytes and insists that nothing is written on failure. */
static enum crypto_status open(psa_key_id_t key, const struct sealed_blob_binding *as, const uint8_t *blob, size_t size)
{
    uint8_t out[SEALED_BLOB_CAPACITY];
    uint8_t untouched[SEALED_BLOB_CAPACITY];
    uint8_t *copy = malloc(size > 0 ? size : 1);
    size_t out_size = 4711;
    enum crypto_status status;

    memcpy(copy, blob, size);
    memset(out, 0xa5, sizeof(out));
    memcpy(untouched, out, sizeof(out));
    status = sealed_blob_open(key, as, copy, size, out, &out_size);
    if (status == CRYPTO_OK) {
        assert_int_equal(out_size, sizeof(secret));
        assert_memory_equal(out, secret, sizeof(secret));
    } else {
        assert_int_equal(out_size, 4711);
        assert_memory_equal(out, untouched, sizeof(out));
    }
    free(copy);
    return status;
}

/* "The Galois/Counter Mode of Operation (GCM)", appendix "AES Test Vectors", cases 13 to 16: 256-bit keys. */
struct gcm_vector {
    const char *key;
    const char *nonce;
    const char *plaintext;
    const char *aad;
    const char *ciphertext;
};

static const struct gcm_vector gcm_vectors[] = {
    { "0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", "", "",
      "530f8afbc74536b9a963b4f1c4cb738b" },
    { "0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000",
      "00000000000000000000000000000000", "", "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919" },
    { "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
      "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
      "76fc6ece0f4e1768cddf8853bb2d551b" },
};

static void published_gcm(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(gcm_vectors) / sizeof(gcm_vectors[0]); i++) {
        uint8_t key[32], nonce[12], plaintext[64], aad[20], out[80];
        size_t size = 0;
        psa_key_id_t id;

        support_hex(gcm_vectors[i].key, key);
        support_hex(gcm_vectors[i].nonce, nonce);
        id = import(key);
        assert_int_equal(psa_aead_encrypt(id, PSA_ALG_GCM, nonce, sizeof(nonce), aad, support_hex(gcm_vectors[i].aad, aad),
                                          plaintext, support_hex(gcm_vectors[i].plaintext, plaintext), out, sizeof(out), &size),
                         PSA_SUCCESS);
        support_assert_hex(out, size, gcm_vectors[i].ciphertext);
        psa_destroy_key(id);
    }
}

static void round_trip(void **state)
{
    psa_key_id_t key = import(key_bytes);
    uint8_t a[SEALED_BLOB_SIZE];
    uint8_t b[SEALED_BLOB_SIZE];

    (void)state;
    seal(key, a);
    seal(key, b);
    assert_int_equal(open(key, &binding, a, sizeof(a)), CRYPTO_OK);
    assert_int_equal(open(key, &binding, b, sizeof(b)), CRYPTO_OK);
    assert_memory_equal(a, b, offsetof(struct sealed_blob_header, nonce));
    assert_memory_not_equal(a + offsetof(struct sealed_blob_header, nonce), b + offsetof(struct sealed_blob_header, nonce), 12);
    assert_memory_not_equal(a + 48, b + 48, sizeof(a) - 48);
    psa_destroy_key(key);
}

/* The layout of docs/vault.md, byte by byte. */
static void layout(void **state)
{
    static const uint8_t front[36] = { 'O', 'V', 'S', 'M', 'B', 'L', 'O', 'B', 1, 0, 0, 0, 7, 0, 0, 0, 0xf6, 0xa2,
                                       [32] = 3 };
    psa_key_id_t key = import(key_bytes);
    uint8_t blob[SEALED_BLOB_SIZE];
    uint8_t plaintext[1024];
    size_t size = 0;

    (void)state;
    seal(key, blob);
    assert_int_equal(sizeof(blob), 1088);
    assert_memory_equal(blob, front, sizeof(front));
    assert_int_equal(psa_aead_decrypt(key, PSA_ALG_GCM, blob + 36, 12, blob, 48, blob + 48, 1040, plaintext, 1024, &size),
                     PSA_SUCCESS);
    assert_int_equal(plaintext[0] | plaintext[1] << 8, sizeof(secret));
    assert_memory_equal(plaintext + 2, secret, sizeof(secret));
    for (size_t i = 2 + sizeof(secret); i < sizeof(plaintext); i++) {
        assert_int_equal(plaintext[i], 0);
    }
    psa_destroy_key(key);
}

static void every_bit(void **state)
{
    psa_key_id_t key = import(key_bytes);
    uint8_t blob[SEALED_BLOB_SIZE];

    (void)state;
    seal(key, blob);
    for (size_t bit = 0; bit < 8 * sizeof(blob); bit++) {
        blob[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(open(key, &binding, blob, sizeof(blob)), CRYPTO_REFUSED);
        blob[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(open(key, &binding, blob, sizeof(blob)), CRYPTO_OK);
    psa_destroy_key(key);
}

static void every_wrong_size(void **state)
{
    psa_key_id_t key = import(key_bytes);
    uint8_t blob[SEALED_BLOB_SIZE + 64] = { 0 };

    (void)state;
    seal(key, blob);
    for (size_t size = 0; size <= sizeof(blob); size++) {
        assert_int_equal(open(key, &binding, blob, size), size == SEALED_BLOB_SIZE ? CRYPTO_OK : CRYPTO_REFUSED);
    }
    psa_destroy_key(key);
}

static void other_binding(void **state)
{
    psa_key_id_t key = import(key_bytes);
    uint8_t blob[SEALED_BLOB_SIZE];
    struct sealed_blob_binding other[4] = { binding, binding, binding, binding };

    (void)state;
    other[0].purpose++;
    other[1].identity[15] ^= 1;
    other[2].security_version++;
    other[3].security_version--;
    seal(key, blob);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(open(key, &other[i], blob, sizeof(blob)), CRYPTO_REFUSED);
        /* and with the header made to look right */
        memcpy(blob + 12, &other[i].purpose, 4);
        memcpy(blob + 16, other[i].identity, 16);
        memcpy(blob + 32, &other[i].security_version, 4);
        assert_int_equal(open(key, &other[i], blob, sizeof(blob)), CRYPTO_REFUSED);
        seal(key, blob);
    }
    psa_destroy_key(key);
}

static void other_key(void **state)
{
    uint8_t bytes[SEALED_BLOB_KEY_SIZE];
    uint8_t blob[SEALED_BLOB_SIZE];
    psa_key_id_t key = import(key_bytes);
    psa_key_id_t other;

    (void)state;
    memcpy(bytes, key_bytes, sizeof(bytes));
    bytes[31] ^= 1;
    other = import(bytes);
    seal(key, blob);
    assert_int_equal(open(other, &binding, blob, sizeof(blob)), CRYPTO_REFUSED);
    psa_destroy_key(other);
    assert_int_equal(open(other, &binding, blob, sizeof(blob)), CRYPTO_REFUSED);
    psa_destroy_key(key);
}

static void spliced(void **state)
{
    psa_key_id_t key = import(key_bytes);
    uint8_t a[SEALED_BLOB_SIZE];
    uint8_t b[SEALED_BLOB_SIZE];

    (void)state;
    for (size_t cut = 16; cut < SEALED_BLOB_SIZE; cut += 16) {
        seal(key, a);
        seal(key, b);
        memcpy(a + cut, b + cut, sizeof(a) - cut);
        assert_int_equal(open(key, &binding, a, sizeof(a)), cut <= 32 ? CRYPTO_OK : CRYPTO_REFUSED); /* 32: all of b but equal bytes */
    }
    psa_destroy_key(key);
}

static void sizes_of_secrets(void **state)
{
    psa_key_id_t key = import(key_bytes);
    uint8_t blob[SEALED_BLOB_SIZE];
    uint8_t in[SEALED_BLOB_CAPACITY + 1];
    uint8_t out[SEALED_BLOB_CAPACITY];
    size_t size;
    static const uint8_t zero[SEALED_BLOB_SIZE];

    (void)state;
    memset(in, 0x5a, sizeof(in));
    assert_int_equal(sealed_blob_seal(key, &binding, in, SEALED_BLOB_CAPACITY, blob), CRYPTO_OK);
    assert_int_equal(sealed_blob_open(key, &binding, blob, sizeof(blob), out, &size), CRYPTO_OK);
    assert_int_equal(size, SEALED_BLOB_CAPACITY);
    assert_memory_equal(in, out, size);
    assert_int_equal(sealed_blob_seal(key, &binding, NULL, 0, blob), CRYPTO_OK);
    assert_int_equal(sealed_blob_open(key, &binding, blob, sizeof(blob), out, &size), CRYPTO_OK);
    assert_int_equal(size, 0);
    assert_int_equal(sealed_blob_seal(key, &binding, in, SEALED_BLOB_CAPACITY + 1, blob), CRYPTO_BAD_REQUEST);
    assert_memory_equal(blob, zero, sizeof(blob));
    psa_destroy_key(key);
}

/* Sealed under the right key by a program that got the size wrong. */
static void impossible_size(void **state)
{
    psa_key_id_t key = import(key_bytes);
    uint8_t blob[SEALED_BLOB_SIZE];
    uint8_t plaintext[2 + SEALED_BLOB_CAPACITY] = { 0 };
    size_t size = 0;

    (void)state;
    for (size_t claimed = SEALED_BLOB_CAPACITY + 1; claimed <= 0xffff; claimed += 977) {
        seal(key, blob);
        plaintext[0] = (uint8_t)claimed;
        plaintext[1] = (uint8_t)(claimed >> 8);
        assert_int_equal(psa_aead_encrypt(key, PSA_ALG_GCM, blob + 36, 12, blob, 48, plaintext, sizeof(plaintext), blob + 48,
                                          sizeof(blob) - 48, &size), PSA_SUCCESS);
        assert_int_equal(open(key, &binding, blob, sizeof(blob)), CRYPTO_REFUSED);
    }
    psa_destroy_key(key);
}

static void key_is_not_exported(void **state)
{
    psa_key_id_t key = import(key_bytes);
    uint8_t out[64];
    size_t size;

    (void)state;
    assert_int_equal(psa_export_key(key, out, sizeof(out), &size), PSA_ERROR_NOT_PERMITTED);
    psa_destroy_key(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_gcm),
        cmocka_unit_test(round_trip),
        cmocka_unit_test(layout),
        cmocka_unit_test(every_bit),
        cmocka_unit_test(every_wrong_size),
        cmocka_unit_test(other_binding),
        cmocka_unit_test(other_key),
        cmocka_unit_test(spliced),
        cmocka_unit_test(sizes_of_secrets),
        cmocka_unit_test(impossible_size),
        cmocka_unit_test(key_is_not_exported),
    };

    return cmocka_run_group_tests(tests, support_psa_start, support_psa_stop);
}
