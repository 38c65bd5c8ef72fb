/* The key hierarchy: one vector computed with another implementation, and that every input matters. */
#include "support.h"

#include <string.h>

#include <crypto/kdf.h>
#include <crypto_auth_hmacsha512.h>

static void fill_root(uint8_t root[KDF_ROOT_SIZE])
{
    for (unsigned i = 0; i < KDF_ROOT_SIZE; i++) {
        root[i] = (uint8_t)i;
    }
}

/* Python: hmac.new(bytes(range(64)), b"label\0context", "sha512").digest()[:32] */
static void known_answer(void **state)
{
    uint8_t root[KDF_ROOT_SIZE];
    uint8_t key[KDF_KEY_SIZE];

    (void)state;
    fill_root(root);
    kdf_derive(root, "label", "context", 7, key);
    support_assert_hex(key, sizeof(key), "5c03c02b9b4104acaa417d64cacb4268ddb3b3a9a8cd734fcc4f10ace98f12a5");
}

static void inputs_matter(void **state)
{
    static const struct {
        const char *label;
        const char *context;
        size_t size;
    } inputs[] = {
        { "", "", 0 }, { "a", "", 0 }, { "a", "\0", 1 }, { "ab", "", 0 }, { "a", "b", 1 }, { "", "ab", 2 }, { "b", "a", 1 },
    };
    uint8_t root[KDF_ROOT_SIZE];
    uint8_t keys[8][KDF_KEY_SIZE];
    size_t count = sizeof(inputs) / sizeof(inputs[0]);

    (void)state;
    fill_root(root);
    for (size_t i = 0; i < count; i++) {
        kdf_derive(root, inputs[i].label, inputs[i].context, inputs[i].size, keys[i]);
    }
    root[KDF_ROOT_SIZE - 1] ^= 1;
    kdf_derive(root, "", NULL, 0, keys[count]);
    for (size_t i = 0; i <= count; i++) {
        for (size_t j = 0; j < i; j++) {
            assert_memory_not_equal(keys[i], keys[j], KDF_KEY_SIZE);
        }
    }
}

/* RFC 4231, "Test Vectors", cases 1, 2 and 6: the HMAC below. */
static void hmac_sha512(void **state)
{
    static const struct {
        const char *key;
        size_t repeat;
        const char *data;
        const char *tag;
    } vectors[] = {
        { "0b", 20, "Hi There",
          "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e"
          "696c203a126854" },
        { "4a656665", 1, "what do ya want for nothing?",
          "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b63"
          "6e070a38bce737" },
        { "aa", 131, "Test Using Larger Than Block-Size Key - Hash Key First",
          "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b"
          "915a985d786598" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        crypto_auth_hmacsha512_state hmac;
        uint8_t key[131];
        uint8_t tag[64];
        size_t size = 0;

        for (size_t j = 0; j < vectors[i].repeat; j++) {
            size += support_hex(vectors[i].key, key + size);
        }
        crypto_auth_hmacsha512_init(&hmac, key, size);
        crypto_auth_hmacsha512_update(&hmac, (const uint8_t *)vectors[i].data, strlen(vectors[i].data));
        crypto_auth_hmacsha512_final(&hmac, tag);
        support_assert_hex(tag, sizeof(tag), vectors[i].tag);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hmac_sha512),
        cmocka_unit_test(known_answer),
        cmocka_unit_test(inputs_matter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
