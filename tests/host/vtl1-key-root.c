/* What a derived key depends on: each part of its context alone. */
#include "support.h"

#include <string.h>

#include <sk/key_root.h>

static const struct signed_image_header image = { .identity = { 1, 2, 3 }, .family = { 4 }, .security_version = 5 };

static void derive(const struct signed_image_header *from, const char *purpose, uint8_t key[IUM_KEY_SIZE])
{
    key_root_derive(from, (const uint8_t *)purpose, strlen(purpose), key);
}

static void the_same_for_the_same(void **state)
{
    uint8_t first[IUM_KEY_SIZE], second[IUM_KEY_SIZE];
    struct signed_image_header named = image;

    (void)state;
    assert_true(key_root_init());
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
    assert_true(key_root_init());
    derive(&image, "seal", first);
    for (unsigned i = 0; i < 3; i++) {
        derive(&other[i], "seal", second);
        assert_memory_not_equal(first, second, sizeof(first));
    }
    derive(&image, "seam", second);
    assert_memory_not_equal(first, second, sizeof(first));
    assert_true(key_root_init());
    derive(&image, "seal", second);
    assert_memory_not_equal(first, second, sizeof(first));
}

static void no_root_without_entropy(void **state)
{
    (void)state;
    support_entropy_fails = true;
    assert_false(key_root_init());
    support_entropy_fails = false;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_for_the_same),
        cmocka_unit_test(another_for_each_difference),
        cmocka_unit_test(no_root_without_entropy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
