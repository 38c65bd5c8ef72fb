/* What the build signs is what the key in the build's header accepts: IMAGE_PATH is the signed image of crypto-freestanding. */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include <crypto/signed_image.h>
#include <keys/owner_key_hash.h>

static void image_of_the_build(void **state)
{
    static uint8_t file[SIGNED_IMAGE_MAX_SIZE];
    const struct image_owner owner = {
        .magic = IMAGE_OWNER_MAGIC, .version = IMAGE_OWNER_VERSION, .key_hash = OWNER_KEY_HASH,
    };
    struct signed_image_header header;
    const uint8_t *payload;
    size_t payload_size;
    FILE *stream = fopen(IMAGE_PATH, "rb");
    size_t size;

    (void)state;
    assert_non_null(stream);
    size = fread(file, 1, sizeof(file), stream);
    fclose(stream);
    assert_int_equal(signed_image_check(file, size, SIGNED_IMAGE_TRUSTLET, &owner, &header,
                                        (const void **)&payload, &payload_size), SIGNED_IMAGE_OK);
    assert_string_equal(header.name, "self-test");
    assert_int_equal(header.security_version, 5);
    assert_int_equal(header.stack_pages, 4);
    assert_int_equal(header.heap_pages, 9);
    assert_memory_equal(payload, "\x7f" "ELF", 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(image_of_the_build) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
