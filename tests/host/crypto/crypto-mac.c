/* HMAC against RFC 2202 (MD5, SHA-1) and RFC 4231 (SHA-2), PBKDF2-HMAC-SHA-256 against RFC 7914 and the RFC 6070 inputs. */
#include "support.h"

#include <string.h>

#include <crypto/mac.h>

struct hmac_vector {
    enum mac_hash hash;
    const char *key;  /* hex, or one byte to repeat */
    size_t repeat;
    const char *data; /* text, or one byte to repeat */
    size_t data_repeat;
    const char *tag;
};

static const struct hmac_vector hmac_vectors[] = {
    /* RFC 2202, "Test Cases for HMAC-MD5" */
    { MAC_MD5, "0b", 16, "Hi There", 1, "9294727a3638bb1c13f48ef8158bfc9d" },
    { MAC_MD5, "4a656665", 1, "what do ya want for nothing?", 1, "750c783e6ab0b503eaa86e310a5db738" },
    { MAC_MD5, "aa", 16, "\xdd", 50, "56be34521d144c88dbb8c733f0e8b3f6" },
    { MAC_MD5, "0102030405060708090a0b0c0d0e0f10111213141516171819", 1, "\xcd", 50, "697eaf0aca3a3aea3a75164746ffaa79" },
    { MAC_MD5, "aa", 80, "Test Using Larger Than Block-Size Key - Hash Key First", 1, "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd" },
    { MAC_MD5, "aa", 80, "Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data", 1,
      "6f630fad67cda0ee1fb1f562db3aa53e" },
    /* RFC 4231, "Test Vectors" */
    { MAC_SHA256, "0b", 20, "Hi There", 1, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
    { MAC_SHA256, "4a656665", 1, "what do ya want for nothing?", 1,
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
    { MAC_SHA256, "aa", 20, "\xdd", 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
    { MAC_SHA256, "0102030405060708090a0b0c0d0e0f10111213141516171819", 1, "\xcd", 50,
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
    { MAC_SHA256, "aa", 131, "Test Using Larger Than Block-Size Key - Hash Key First", 1,
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
    { MAC_SHA256, "aa", 131,
      "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed "
      "before being used by the HMAC algorithm.", 1, "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" },
    /* RFC 2202, "Test Cases for HMAC-SHA-1" */
    { MAC_SHA1, "0b", 20, "Hi There", 1, "b617318655057264e28bc0b6fb378c8ef146be00" },
    { MAC_SHA1, "4a656665", 1, "what do ya want for nothing?", 1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
    /* RFC 4231, "Test Vectors" */
    { MAC_SHA384, "0b", 20, "Hi There", 1,
      "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6" },
    { MAC_SHA384, "4a656665", 1, "what do ya want for nothing?", 1,
      "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649" },
    { MAC_SHA512, "0b", 20, "Hi There", 1,
      "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
      "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854" },
    { MAC_SHA512, "4a656665", 1, "what do ya want for nothing?", 1,
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
      "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737" },
};

static void hmac(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(hmac_vectors) / sizeof(hmac_vectors[0]); i++) {
        const struct hmac_vector *vector = &hmac_vectors[i];
        uint8_t key[160];
        uint8_t tag[MAC_MAX_SIZE];
        struct mac_part parts[64];
        size_t key_size = 0;

        for (size_t j = 0; j < vector->repeat; j++) {
            key_size += support_hex(vector->key, key + key_size);
        }
        for (size_t j = 0; j < vector->data_repeat; j++) {
            parts[j] = (struct mac_part){ vector->data, strlen(vector->data) };
        }
        assert_int_equal(mac_compute(vector->hash, key, key_size, parts, vector->data_repeat, tag), CRYPTO_OK);
        support_assert_hex(tag, strlen(vector->tag) / 2, vector->tag);
    }
}

/* Empty key and message, known from many implementations, among them Python's hmac. */
static void hmac_of_nothing(void **state)
{
    uint8_t tag[MAC_SHA256_SIZE];

    (void)state;
    assert_int_equal(mac_compute(MAC_SHA256, NULL, 0, NULL, 0, tag), CRYPTO_OK);
    support_assert_hex(tag, 32, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    assert_int_equal(mac_compute(MAC_MD5, NULL, 0, NULL, 0, tag), CRYPTO_OK);
    support_assert_hex(tag, 16, "74e6f7298a9c2d168935f58c001bad88");
}

struct pbkdf2_vector {
    const char *password;
    size_t password_size;
    const char *salt;
    size_t salt_size;
    uint32_t iterations;
    const char *key;
};

static const struct pbkdf2_vector pbkdf2_vectors[] = {
    /* RFC 7914, "Test Vectors for PBKDF2 with HMAC-SHA-256" */
    { "passwd", 6, "salt", 4, 1,
      "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
      "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783" },
    /* the inputs of RFC 6070 with SHA-256, as published with many libraries */
    { "password", 8, "salt", 4, 1, "120fb6cffcf8b32c43e7225256c4f837a86548c92ccc35480805987cb70be17b" },
    { "password", 8, "salt", 4, 2, "ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43" },
    { "password", 8, "salt", 4, 4096, "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a" },
    { "passwordPASSWORDpassword", 24, "saltSALTsaltSALTsaltSALTsaltSALTsalt", 36, 4096,
      "348c89dbcbd32b2f32d814b8116e84cf2b17347ebc1800181c4e2a1fb8dd53e1c635518c7dac47e9" },
    { "pass\0word", 9, "sa\0lt", 5, 4096, "89b69d0516f829893c696226650a8687" },
};

static void pbkdf2(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(pbkdf2_vectors) / sizeof(pbkdf2_vectors[0]); i++) {
        const struct pbkdf2_vector *vector = &pbkdf2_vectors[i];
        const struct mac_part salt = { vector->salt, vector->salt_size };
        uint8_t key[64];
        size_t size = strlen(vector->key) / 2;

        assert_int_equal(pbkdf2_hmac(MAC_SHA256, vector->password, vector->password_size, &salt, 1, vector->iterations, key, size),
                         CRYPTO_OK);
        support_assert_hex(key, size, vector->key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hmac),
        cmocka_unit_test(hmac_of_nothing),
        cmocka_unit_test(pbkdf2),
    };

    return cmocka_run_group_tests(tests, support_psa_start, support_psa_stop);
}
