/* Kerberos against another implementation: what MIT's library makes we take and the reverse, for every type and many sizes. */
#include "support.h"

#include <krb5.h>
#include <stdlib.h>
#include <string.h>

#include <crypto/kerberos.h>

static const struct {
    enum kerberos_type type;
    krb5_enctype enctype;
    krb5_cksumtype cksumtype;
    uint32_t iterations; /* MIT's own number when none is given */
} types[] = {
    { KERBEROS_AES128_SHA1, ENCTYPE_AES128_CTS_HMAC_SHA1_96, CKSUMTYPE_HMAC_SHA1_96_AES128, 4096 },
    { KERBEROS_AES256_SHA1, ENCTYPE_AES256_CTS_HMAC_SHA1_96, CKSUMTYPE_HMAC_SHA1_96_AES256, 4096 },
    { KERBEROS_AES128_SHA256, ENCTYPE_AES128_CTS_HMAC_SHA256_128, CKSUMTYPE_HMAC_SHA256_128_AES128, 32768 },
    { KERBEROS_AES256_SHA384, ENCTYPE_AES256_CTS_HMAC_SHA384_192, CKSUMTYPE_HMAC_SHA384_192_AES256, 32768 },
};
#define TYPES (sizeof(types) / sizeof(types[0]))

#define SIZES 130u

static uint8_t key[KERBEROS_MAX_KEY], message[SIZES], ours[SIZES + KERBEROS_MAX_OVERHEAD], theirs[SIZES + KERBEROS_MAX_OVERHEAD];

/* The same bytes in every run: a key, a message and a usage that differ from size to size. */
static uint32_t make_case(size_t i, size_t size)
{
    uint32_t x = (uint32_t)(i * 1000 + size + 1);

    for (size_t j = 0; j < sizeof(key) + sizeof(message); j++) {
        x = x * 1664525u + 1013904223u;
        *(j < sizeof(key) ? &key[j] : &message[j - sizeof(key)]) = (uint8_t)(x >> 24);
    }
    return x >> (x >> 27);
}

static krb5_data data_of(const void *bytes, size_t size)
{
    return (krb5_data){ .magic = KV5M_DATA, .length = (unsigned)size, .data = (char *)(uintptr_t)bytes };
}

static krb5_keyblock keyblock(size_t i)
{
    return (krb5_keyblock){ .magic = KV5M_KEYBLOCK, .enctype = types[i].enctype,
                            .length = (unsigned)kerberos_key_size(types[i].type), .contents = key };
}

static void their_checksum_is_ours(size_t i, size_t size)
{
    uint32_t usage = make_case(i, size);
    krb5_keyblock block = keyblock(i);
    krb5_data data = data_of(message, size);
    krb5_checksum checksum;

    assert_int_equal(krb5_c_make_checksum(NULL, types[i].cksumtype, &block, (krb5_keyusage)usage, &data, &checksum), 0);
    assert_int_equal(checksum.length, kerberos_checksum_size(types[i].type));
    assert_int_equal(kerberos_checksum(types[i].type, key, usage, message, size, ours), CRYPTO_OK);
    assert_memory_equal(ours, checksum.contents, checksum.length);
    assert_int_equal(kerberos_checksum_verify(types[i].type, key, usage, message, size, checksum.contents), CRYPTO_OK);
    krb5_free_checksum_contents(NULL, &checksum);
}

static void they_open_ours(size_t i, size_t size)
{
    uint32_t usage = make_case(i, size);
    krb5_keyblock block = keyblock(i);
    krb5_data data = data_of(theirs, sizeof(theirs));
    const krb5_enc_data sealed = { .magic = KV5M_ENC_DATA, .enctype = types[i].enctype,
                                   .ciphertext = data_of(ours, size + kerberos_overhead(types[i].type)) };

    assert_int_equal(kerberos_encrypt(types[i].type, key, usage, message, size, ours), CRYPTO_OK);
    assert_int_equal(krb5_c_decrypt(NULL, &block, (krb5_keyusage)usage, NULL, &sealed, &data), 0);
    assert_int_equal(data.length, size);
    assert_memory_equal(theirs, message, size);
}

static void we_open_theirs(size_t i, size_t size)
{
    uint32_t usage = make_case(i, size);
    krb5_keyblock block = keyblock(i);
    krb5_data data = data_of(message, size);
    krb5_enc_data sealed = { .ciphertext = data_of(theirs, sizeof(theirs)) };

    assert_int_equal(krb5_c_encrypt(NULL, &block, (krb5_keyusage)usage, NULL, &data, &sealed), 0);
    assert_int_equal(sealed.ciphertext.length, size + kerberos_overhead(types[i].type));
    assert_int_equal(kerberos_decrypt(types[i].type, key, usage, theirs, sealed.ciphertext.length, ours), CRYPTO_OK);
    assert_memory_equal(ours, message, size);
}

static void the_same_prf(size_t i, size_t size)
{
    krb5_keyblock block = keyblock(i);
    krb5_data input = data_of(message, size), output = data_of(theirs, kerberos_prf_size(types[i].type));

    make_case(i, size);
    assert_int_equal(krb5_c_prf(NULL, &block, &input, &output), 0);
    assert_int_equal(kerberos_prf(types[i].type, key, message, size, ours), CRYPTO_OK);
    assert_memory_equal(ours, theirs, kerberos_prf_size(types[i].type));
}

static void for_all(void (*check)(size_t i, size_t size))
{
    for (size_t i = 0; i < TYPES; i++) {
        for (size_t size = 0; size < SIZES; size++) {
            check(i, size);
        }
    }
}

static void checksums(void **state)
{
    (void)state;
    for_all(their_checksum_is_ours);
}

static void encryption(void **state)
{
    (void)state;
    for_all(they_open_ours);
    for_all(we_open_theirs);
}

static void pseudo_random_function(void **state)
{
    (void)state;
    for_all(the_same_prf);
}

static void string_to_key(void **state)
{
    static const char password[] = "correct horse \xc3\xa9", salt[] = "EXAMPLE.ORGalice";
    const krb5_data password_data = data_of(password, strlen(password)), salt_data = data_of(salt, strlen(salt));
    krb5_keyblock block;

    (void)state;
    for (size_t i = 0; i < TYPES; i++) {
        assert_int_equal(krb5_c_string_to_key(NULL, types[i].enctype, &password_data, &salt_data, &block), 0);
        assert_int_equal(kerberos_string_to_key(types[i].type, (const uint8_t *)password, strlen(password), (const uint8_t *)salt,
                                                strlen(salt), types[i].iterations, ours), CRYPTO_OK);
        assert_int_equal(block.length, kerberos_key_size(types[i].type));
        assert_memory_equal(ours, block.contents, block.length);
        krb5_free_keyblock_contents(NULL, &block);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksums),
        cmocka_unit_test(encryption),
        cmocka_unit_test(pseudo_random_function),
        cmocka_unit_test(string_to_key),
    };

    return cmocka_run_group_tests(tests, support_psa_start, support_psa_stop);
}
