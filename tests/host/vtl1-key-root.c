/* What a derived key depends on: each part of its context alone, and the root. */
#include "support.h"

#include <string.h>

#include <sk/key_root.h>

static const struct signed_image_header image = { .identity = { 1, 2, 3 }, .family = { 4 }, .security_version = 5 };

static struct vtl1_boot_root none;

static struct vtl1_boot_root from_tpm(uint8_t byte)
{
    struct vtl1_boot_root root = { .from_tpm = 1 };

    memset(root.secret, byte, sizeof(root.secret));
    return root;
}

static void derive(const struct signed_image_header *from, const char *purpose, uint8_t key[IUM_KEY_SIZE])
{
    key_root_derive(from, (const uint8_t *)purpose, strlen(purpose), key);
}

static void the_same_for_the_same(void **state)
{
    uint8_t first[IUM_KEY_SIZE], second[IUM_KEY_SIZE];
    struct signed_image_header named = image;

    (void)state;
    assert_true(key_root_init(&none));
    strcpy(named.name, "a name is for people");
    derive(&image, "seal", first);
    derive(&named, "seal", second);
    assert_memory_equal(first, second, sizeof(first));
}

static void another_for_each_difference(void **state)
{
    struct signed_image_header other[3] = { image, image, image };
    uint8_t first[IUM_KEY_SIZE], second[IUM_KEY_SIZE];

    (void)state;
    other[0].identity[15] = 1;
    other[1].security_version++;
    other[2].flags = SIGNED_IMAGE_DEBUG;
    assert_true(key_root_init(&none));
    derive(&image, "seal", first);
    for (unsigned i = 0; i < 3; i++) {
        derive(&other[i], "seal", second);
        assert_memory_not_equal(first, second, sizeof(first));
    }
    derive(&image, "seam", second);
    assert_memory_not_equal(first, second, sizeof(first));
    assert_true(key_root_init(&none));
    derive(&image, "seal", second);
    assert_memory_not_equal(first, second, sizeof(first));
}

static void another_for_each_bit_of_the_secret(void **state)
{
    uint8_t first[IUM_KEY_SIZE], second[IUM_KEY_SIZE];
    struct vtl1_boot_root root = from_tpm(0x11);

    (void)state;
    assert_true(key_root_init(&root));
    derive(&image, "seal", first);
    for (unsigned bit = 0; bit < 8 * sizeof(root.secret); bit++) {
        root = from_tpm(0x11);
        root.secret[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_true(key_root_init(&root));
        derive(&image, "seal", second);
        assert_memory_not_equal(first, second, sizeof(first));
    }
}

/* By the formulas of docs/vault.md, "Keys and randomness", with Python's hmac and hashlib. */
static const uint8_t expected[IUM_KEY_SIZE] = {
    0xbb, 0x0d, 0x82, 0xc3, 0xd8, 0x89, 0x22, 0xe3, 0x45, 0x0b, 0x40, 0x88, 0x52, 0x84, 0x8a, 0x46,
    0x1a, 0xbc, 0x9f, 0x16, 0xac, 0xf9, 0x8b, 0x66, 0xfe, 0x0b, 0x8e, 0x22, 0xc2, 0xf4, 0x12, 0xa8,
};

/* No entropy is needed, the key is the same in every boot, and the secret is gone from where it was brought. */
static void the_secret_alone_makes_the_root(void **state)
{
    struct vtl1_boot_root root = from_tpm(0x5A);
    uint8_t key[IUM_KEY_SIZE];

    (void)state;
    support_entropy_fails = true;
    assert_true(key_root_init(&root));
    support_entropy_fails = false;
    derive(&image, "seal", key);
    assert_memory_equal(key, expected, sizeof(key));
    assert_memory_equal(root.secret, none.secret, sizeof(root.secret));
}

static void no_root_without_entropy(void **state)
{
    (void)state;
    support_entropy_fails = true;
    assert_false(key_root_init(&none));
    support_entropy_fails = false;
}

/* Bound to all of its context, and no key of any trustlet's. */
static void keys_of_freshness(void **state)
{
    uint8_t context[80] = { 1 }, first[IUM_KEY_SIZE], second[IUM_KEY_SIZE];

    (void)state;
    assert_true(key_root_init(&none));
    assert_false(key_root_lasts());
    key_root_freshness(context, sizeof(context), first);
    for (size_t at = 0; at < sizeof(context); at++) {
        context[at] ^= 1;
        key_root_freshness(context, sizeof(context), second);
        assert_memory_not_equal(first, second, sizeof(first));
        context[at] ^= 1;
    }
    key_root_freshness(context, sizeof(context), second);
    assert_memory_equal(first, second, sizeof(first));
    derive(&image, "seal", second);
    assert_memory_not_equal(first, second, sizeof(first));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_for_the_same),
        cmocka_unit_test(another_for_each_difference),
        cmocka_unit_test(another_for_each_bit_of_the_secret),
        cmocka_unit_test(the_secret_alone_makes_the_root),
        cmocka_unit_test(keys_of_freshness),
        cmocka_unit_test(no_root_without_entropy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
