/* Hexadecimal text: what is digits and nothing else comes back as bytes, in place too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vtl0/hex.h>

static void there_and_back(void **state)
{
    uint8_t bytes[256], back[256];
    char text[512];
    size_t size;

    (void)state;
    for (unsigned i = 0; i < 256; i++) {
        bytes[i] = (uint8_t)i;
    }
    hex_encode(bytes, sizeof(bytes), text);
    assert_true(hex_decode(text, sizeof(text), back, sizeof(back), &size));
    assert_int_equal(size, 256);
    assert_memory_equal(back, bytes, 256);
    assert_true(hex_decode("fFAb", 4, back, 2, &size));
    assert_memory_equal(back, "\xff\xab", 2);
    assert_true(hex_decode("", 0, back, 0, &size));
    assert_int_equal(size, 0);
}

static void in_place(void **state)
{
    char text[] = "68656c6c6f";
    size_t size;

    (void)state;
    assert_true(hex_decode(text, strlen(text), (uint8_t *)text, sizeof(text), &size));
    assert_int_equal(size, 5);
    assert_memory_equal(text, "hello", 5);
}

static void refusals(void **state)
{
    static const char *const rows[] = { "0", "0g", "g0", "00 0", "0x00", "00\n0", "-1", "\xff\xff" };
    uint8_t bytes[8];
    size_t size;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_false(hex_decode(rows[i], strlen(rows[i]), bytes, sizeof(bytes), &size));
        assert_int_equal(size, 0);
    }
    assert_false(hex_decode("000000", 6, bytes, 2, &size));
}

static void what_was_decoded_of_a_bad_text_is_wiped(void **state)
{
    uint8_t bytes[4] = { 0 };
    size_t size;

    (void)state;
    assert_false(hex_decode("a1a2zz", 6, bytes, sizeof(bytes), &size));
    assert_memory_equal(bytes, "\0\0\0\0", 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(in_place),
        cmocka_unit_test(refusals),
        cmocka_unit_test(what_was_decoded_of_a_bad_text_is_wiped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
