/* Sealed blobs: AES-256-GCM against published vectors, then every way a blob can be wrong. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include <crypto/sealed_blob.h>

static const uint8_t key_bytes[SEALED_BLOB_KEY_SIZE] = { 0x42, 1, 2, 3 };
static const struct sealed_blob_binding binding = {
    .purpose = 7,
    .identity = { 0xf6, 0xa2 },
    .security_version = 3,
    .number = 5,
    .generation = UINT64_C(0x1122334455),
    .root_id = { 0xee, 1 },
    .pcrs = { { 11 }, { 12 }, { 13 } },
};
static const char secret[] = "correct horse battery staple";

#define BLOB_SIZE (SEALED_BLOB_OVERHEAD + sizeof(secret))

static psa_key_id_t import(const uint8_t key[SEALED_BLOB_KEY_SIZE])
{
    psa_key_id_t id;

    assert_int_equal(sealed_blob_key_import(key, &id), CRYPTO_OK);
    return id;
}

static void seal(psa_key_id_t key, uint8_t blob[SEALED_BLOB_MAX])
{
    size_t size;

    assert_int_equal(sealed_blob_seal(key, &binding, secret, sizeof(secret), blob, &size), CRYPTO_OK);
    assert_int_equal(size, BLOB_SIZE);
}

/* Opens a copy of exactly size bytes and insists that nothing comes out on failure. */
static enum crypto_status open(psa_key_id_t key, const struct sealed_blob_binding *as, const uint8_t *blob, size_t size)
{
    static const uint8_t zero[SEALED_BLOB_MAX_SECRET];
    uint8_t out[SEALED_BLOB_MAX_SECRET];
    uint8_t *copy = malloc(size > 0 ? size : 1);
    size_t out_size = 4711;
    enum crypto_status status;

    memcpy(copy, blob, size);
    memset(out, 0xa5, sizeof(out));
    status = sealed_blob_open(key, as, copy, size, out, &out_size);
    if (status == CRYPTO_OK) {
        assert_int_equal(out_size, sizeof(secret));
        assert_memory_equal(out, secret, sizeof(secret));
    } else {
        assert_int_equal(out_size, 0);
        assert_memory_equal(out, zero, sizeof(out));
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
    uint8_t a[SEALED_BLOB_MAX];
    uint8_t b[SEALED_BLOB_MAX];
    size_t nonce = offsetof(struct sealed_blob_header, nonce), header = sizeof(struct sealed_blob_header);

    (void)state;
    seal(key, a);
    seal(key, b);
    assert_int_equal(open(key, &binding, a, BLOB_SIZE), CRYPTO_OK);
    assert_int_equal(open(key, &binding, b, BLOB_SIZE), CRYPTO_OK);
    assert_memory_equal(a, b, nonce);
    assert_memory_not_equal(a + nonce, b + nonce, 12);
    assert_memory_not_equal(a + header, b + header, BLOB_SIZE - header);
    psa_destroy_key(key);
}

/* The layout of docs/vault.md, byte by byte. */
static void layout(void **state)
{
    static const uint8_t front[164] = {
        'O', 'V', 'S', 'M', 'B', 'L', 'O', 'B', 2, 0, 0, 0, 7, 0, 0, 0, 0xf6, 0xa2, [32] = 3, [36] = 5,
        [40] = 0x55, 0x44, 0x33, 0x22, 0x11, [48] = 0xee, 1, [64] = 11, [96] = 12, [128] = 13, [160] = sizeof(secret),
    };
    psa_key_id_t key = import(key_bytes);
    uint8_t blob[SEALED_BLOB_MAX];
    uint8_t plaintext[sizeof(secret)];
    size_t size = 0;

    (void)state;
    seal(key, blob);
    assert_memory_equal(blob, front, sizeof(front));
    assert_int_equal(psa_aead_decrypt(key, PSA_ALG_GCM, blob + 164, 12, blob, 176, blob + 176, sizeof(secret) + 16, plaintext,
                                      sizeof(plaintext), &size),
                     PSA_SUCCESS);
    assert_int_equal(size, sizeof(secret));
    assert_memory_equal(plaintext, secret, sizeof(secret));
    psa_destroy_key(key);
}

static void every_bit(void **state)
{
    psa_key_id_t key = import(key_bytes);
    uint8_t blob[SEALED_BLOB_MAX];

    (void)state;
    seal(key, blob);
    for (size_t bit = 0; bit < 8 * BLOB_SIZE; bit++) {
        blob[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(open(key, &binding, blob, BLOB_SIZE), CRYPTO_REFUSED);
        blob[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(open(key, &binding, blob, BLOB_SIZE), CRYPTO_OK);
    psa_destroy_key(key);
}

static void every_wrong_size(void **state)
{
    psa_key_id_t key = import(key_bytes);
    uint8_t blob[SEALED_BLOB_MAX + 64] = { 0 };

    (void)state;
    seal(key, blob);
    for (size_t size = 0; size <= sizeof(blob); size++) {
        assert_int_equal(open(key, &binding, blob, size), size == BLOB_SIZE ? CRYPTO_OK : CRYPTO_REFUSED);
    }
    psa_destroy_key(key);
}

/* What the header says of each field. */
static void forge(uint8_t blob[SEALED_BLOB_MAX], const struct sealed_blob_binding *as)
{
    struct sealed_blob_header header;

    memcpy(&header, blob, sizeof(header));
    header.purpose = as->purpose;
    memcpy(header.identity, as->identity, sizeof(header.identity));
    header.security_version = as->security_version;
    header.number = as->number;
    header.generation = as->generation;
    memcpy(header.root_id, as->root_id, sizeof(header.root_id));
    memcpy(header.pcrs, as->pcrs, sizeof(header.pcrs));
    memcpy(blob, &header, sizeof(header));
}

static void other_binding(void **state)
{
    psa_key_id_t key = import(key_bytes);
    uint8_t blob[SEALED_BLOB_MAX];
    struct sealed_blob_binding other[9] = { binding, binding, binding, binding, binding, binding, binding, binding, binding };

    (void)state;
    other[0].purpose++;
    other[1].identity[15] ^= 1;
    other[2].security_version++;
    other[3].number--;
    other[4].generation += UINT64_C(1) << 32;
    other[5].root_id[15] ^= 1;
    other[6].pcrs[0][31] ^= 1;
    other[7].pcrs[1][31] ^= 1;
    other[8].pcrs[2][31] ^= 1;
    for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
        seal(key, blob);
        assert_int_equal(open(key, &other[i], blob, BLOB_SIZE), CRYPTO_REFUSED);
        forge(blob, &other[i]);
        assert_int_equal(open(key, &other[i], blob, BLOB_SIZE), CRYPTO_REFUSED);
        assert_int_equal(open(key, &binding, blob, BLOB_SIZE), CRYPTO_REFUSED);
        forge(blob, &binding);
        assert_int_equal(open(key, &binding, blob, BLOB_SIZE), CRYPTO_OK);
    }
    psa_destroy_key(key);
}

static void other_key(void **state)
{
    uint8_t bytes[SEALED_BLOB_KEY_SIZE];
    uint8_t blob[SEALED_BLOB_MAX];
    psa_key_id_t key = import(key_bytes);
    psa_key_id_t other;

    (void)state;
    memcpy(bytes, key_bytes, sizeof(bytes));
    bytes[31] ^= 1;
    other = import(bytes);
    seal(key, blob);
    assert_int_equal(open(other, &binding, blob, BLOB_SIZE), CRYPTO_REFUSED);
    psa_destroy_key(other);
    assert_int_equal(open(other, &binding, blob, BLOB_SIZE), CRYPTO_REFUSED);
    psa_destroy_key(key);
}

/* Two blobs of the same binding differ from the nonce on: the head of one and the rest of the other are no blob. */
static void spliced(void **state)
{
    psa_key_id_t key = import(key_bytes);
    uint8_t a[SEALED_BLOB_MAX];
    uint8_t b[SEALED_BLOB_MAX];

    (void)state;
    for (size_t cut = 1; cut < BLOB_SIZE; cut++) {
        bool all_of_b = cut <= offsetof(struct sealed_blob_header, nonce);

        seal(key, a);
        seal(key, b);
        memcpy(a + cut, b + cut, BLOB_SIZE - cut);
        assert_int_equal(open(key, &binding, a, BLOB_SIZE), all_of_b || memcmp(a, b, BLOB_SIZE) == 0 ? CRYPTO_OK : CRYPTO_REFUSED);
    }
    psa_destroy_key(key);
}

static void sizes_of_secrets(void **state)
{
    psa_key_id_t key = import(key_bytes);
    uint8_t blob[SEALED_BLOB_MAX];
    uint8_t in[SEALED_BLOB_MAX_SECRET + 1];
    uint8_t out[SEALED_BLOB_MAX_SECRET];
    size_t blob_size, size;
    static const uint8_t zero[SEALED_BLOB_MAX];

    (void)state;
    memset(in, 0x5a, sizeof(in));
    assert_int_equal(sealed_blob_seal(key, &binding, in, SEALED_BLOB_MAX_SECRET, blob, &blob_size), CRYPTO_OK);
    assert_int_equal(blob_size, SEALED_BLOB_MAX);
    assert_int_equal(sealed_blob_open(key, &binding, blob, blob_size, out, &size), CRYPTO_OK);
    assert_int_equal(size, SEALED_BLOB_MAX_SECRET);
    assert_memory_equal(in, out, size);
    assert_int_equal(sealed_blob_seal(key, &binding, NULL, 0, blob, &blob_size), CRYPTO_OK);
    assert_int_equal(blob_size, SEALED_BLOB_OVERHEAD);
    assert_int_equal(sealed_blob_open(key, &binding, blob, blob_size, out, &size), CRYPTO_OK);
    assert_int_equal(size, 0);
    assert_int_equal(sealed_blob_seal(key, &binding, in, sizeof(in), blob, &blob_size), CRYPTO_BAD_REQUEST);
    assert_int_equal(blob_size, 0);
    assert_memory_equal(blob, zero, sizeof(blob));
    psa_destroy_key(key);
}

/* Sealed under the right key by a program that got the size wrong. */
static void impossible_size(void **state)
{
    psa_key_id_t key = import(key_bytes);
    uint8_t blob[SEALED_BLOB_MAX];
    size_t size = 0;

    (void)state;
    for (uint32_t claimed = 3; claimed <= 0x1000; claimed += 13) {
        seal(key, blob);
        memcpy(blob + offsetof(struct sealed_blob_header, size), &claimed, sizeof(claimed));
        assert_int_equal(psa_aead_encrypt(key, PSA_ALG_GCM, blob + 164, 12, blob, 176, (const uint8_t *)secret, sizeof(secret),
                                          blob + 176, sizeof(secret) + 16, &size), PSA_SUCCESS);
        assert_int_equal(open(key, &binding, blob, BLOB_SIZE), claimed == sizeof(secret) ? CRYPTO_OK : CRYPTO_REFUSED);
    }
    psa_destroy_key(key);
}

/* Claims are read where a header is whole, and nowhere else. */
static void claims(void **state)
{
    psa_key_id_t key = import(key_bytes);
    uint8_t blob[SEALED_BLOB_MAX + 1] = { 0 };
    struct sealed_blob_header header;

    (void)state;
    seal(key, blob);
    for (size_t size = 0; size <= sizeof(blob); size++) {
        assert_int_equal(sealed_blob_claims(blob, size, &header), size == BLOB_SIZE);
    }
    assert_int_equal(header.generation, binding.generation);
    assert_int_equal(header.number, binding.number);
    for (size_t byte = 0; byte < 12; byte++) {
        blob[byte] ^= 4;
        assert_false(sealed_blob_claims(blob, BLOB_SIZE, &header));
        blob[byte] ^= 4;
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
        cmocka_unit_test(claims),
        cmocka_unit_test(key_is_not_exported),
    };

    return cmocka_run_group_tests(tests, support_psa_start, support_psa_stop);
}
