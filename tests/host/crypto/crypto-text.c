/* Strict UTF-8, UTF-16LE and ASCII upper case. */
#include "support.h"

#include <string.h>

#include <crypto/text.h>

struct sample {
    const char *utf8;  /* hex */
    const char *utf16; /* hex, NULL: refused */
};

static const struct sample samples[] = {
    { "", "" },
    { "41", "4100" },
    { "7f", "7f00" },
    { "c280", "8000" },
    { "c3bc", "fc00" },
    { "dfbf", "ff07" },
    { "e0a080", "0008" },
    { "e282ac", "ac20" },
    { "ed9fbf", "ffd7" },
    { "ee8080", "00e0" },
    { "efbfbf", "ffff" },
    { "f0908080", "00d800dc" },
    { "f09f9880", "3dd800de" },
    { "f48fbfbf", "ffdbffdf" },
    { "00", NULL },             /* U+0000 */
    { "4100", NULL },
    { "80", NULL },             /* stray continuation */
    { "bf", NULL },
    { "c080", NULL },           /* overlong */
    { "c1bf", NULL },
    { "e09fbf", NULL },
    { "f08fbfbf", NULL },
    { "eda080", NULL },         /* surrogates */
    { "edbfbf", NULL },
    { "f4908080", NULL },       /* above U+10FFFF */
    { "f7bfbfbf", NULL },
    { "f888808080", NULL },     /* forms that no longer exist */
    { "fc8480808080", NULL },
    { "fe", NULL },
    { "ff", NULL },
    { "c3", NULL },             /* cut short */
    { "e282", NULL },
    { "f09f98", NULL },
    { "41e2", NULL },
    { "c341", NULL },           /* continuation missing */
    { "e28241", NULL },
    { "f09f9841", NULL },
};

static void conversions(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
        uint8_t in[8];
        uint8_t out[16];
        size_t size = support_hex(samples[i].utf8, in);
        size_t written = 99;
        bool good = text_utf16le(in, size, out, sizeof(out), &written);

        assert_int_equal(good, samples[i].utf16 != NULL);
        assert_int_equal(text_is_utf8(in, size), good);
        if (good) {
            support_assert_hex(out, written, samples[i].utf16);
        } else {
            assert_int_equal(written, 0);
        }
    }
}

static void too_small_leaves_nothing(void **state)
{
    static const uint8_t text[] = { 'a', 'b', 0xf0, 0x9f, 0x98, 0x80 };
    uint8_t out[8];
    size_t written;

    (void)state;
    for (size_t capacity = 0; capacity < sizeof(out); capacity++) {
        static const uint8_t zero[8];

        memset(out, 0, sizeof(out));
        assert_false(text_utf16le(text, sizeof(text), out, capacity, &written));
        assert_int_equal(written, 0);
        assert_memory_equal(out, zero, sizeof(out));
    }
    assert_true(text_utf16le(text, sizeof(text), out, sizeof(out), &written));
    assert_int_equal(written, sizeof(out));
}

static void upper_case(void **state)
{
    uint8_t out[32];

    (void)state;
    assert_true(text_ascii_upper((const uint8_t *)"azAZ09_.-@[`{~", 14, out));
    assert_memory_equal(out, "AZAZ09_.-@[`{~", 14);
    assert_false(text_ascii_upper((const uint8_t *)"\xc3\xbc", 2, out));
    assert_false(text_ascii_upper((const uint8_t *)"a\0b", 3, out));
    assert_true(text_ascii_upper(NULL, 0, out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversions),
        cmocka_unit_test(too_small_leaves_nothing),
        cmocka_unit_test(upper_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
