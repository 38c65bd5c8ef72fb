/* The DER reader against everything that is not DER. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "der.h"

/* In memory of exactly that size, so that ASan sees a step over the end. */
static uint8_t *copy_of(const void *bytes, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);

    memcpy(copy, bytes, size);
    return copy;
}

static bool whole(const void *bytes, size_t size)
{
    uint8_t *copy = copy_of(bytes, size);
    bool result = der_is_whole((struct der){ copy, size });

    free(copy);
    return result;
}

#define WHOLE(text) whole(text, sizeof(text) - 1)

static void lengths(void **state)
{
    static uint8_t large[65536 + 8];

    (void)state;
    assert_true(WHOLE(""));
    assert_true(WHOLE("\x04\x00"));
    assert_true(WHOLE("\x04\x01x\x04\x01y"));
    assert_false(WHOLE("\x04"));
    assert_false(WHOLE("\x04\x01"));
    assert_false(WHOLE("\x04\x02x"));
    assert_false(WHOLE("\x04\x80"));             /* indefinite */
    assert_false(WHOLE("\x30\x80\x00\x00"));
    assert_false(WHOLE("\x04\x81\x01x"));        /* not the shortest form */
    assert_false(WHOLE("\x04\x81"));
    assert_false(WHOLE("\x04\x82\x00"));
    assert_false(WHOLE("\x04\x82\x00\x01x"));
    assert_false(WHOLE("\x04\xff"));
    memcpy(large, "\x04\x81\x7f", 3);
    assert_false(whole(large, 3 + 0x7f));
    memcpy(large, "\x04\x81\x80", 3);
    assert_true(whole(large, 3 + 0x80));
    assert_false(whole(large, 3 + 0x7f));
    memcpy(large, "\x04\x82\x00\xff", 4);
    assert_false(whole(large, 4 + 0xff));
    memcpy(large, "\x04\x82\x01\x00", 4);
    assert_true(whole(large, 4 + 0x100));
    memcpy(large, "\x04\x82\xff\xff", 4);
    assert_true(whole(large, 4 + 0xffff));
    memcpy(large, "\x04\x83\x01\x00\x00", 5);    /* longer than anything here is */
    assert_false(whole(large, 5 + 0x10000));
    memcpy(large, "\x04\x84\x00\x00\x00\x01", 6);
    assert_false(whole(large, 7));
}

static void nesting(void **state)
{
    uint8_t deep[2 * DER_MAX_DEPTH];

    (void)state;
    assert_true(WHOLE("\x30\x04\x30\x02\x04\x00"));
    assert_false(WHOLE("\x30\x04\x30\x03\x04\x00")); /* an inner one longer than its outer one */
    assert_false(WHOLE("\x30\x03\x30\x02\x04\x00"));
    assert_false(WHOLE("\x30\x02\x04\x01x"));
    assert_false(WHOLE("\x1f\x01\x00"));             /* a tag of several bytes */
    assert_false(WHOLE("\x30\x03\xbf\x81\x00"));
    for (size_t levels = 1; levels <= DER_MAX_DEPTH; levels++) {
        for (size_t i = 0; i < levels; i++) {
            deep[2 * i] = DER_SEQUENCE;
            deep[2 * i + 1] = (uint8_t)(2 * (levels - 1 - i));
        }
        assert_int_equal(whole(deep, 2 * levels), levels < DER_MAX_DEPTH);
    }
}

static bool natural(const void *bytes, size_t size, uint32_t *value)
{
    uint8_t *copy = copy_of(bytes, size);
    struct der der = { copy, size };
    bool result = der_take_uint32(&der, value) && der.size == 0;

    free(copy);
    return result;
}

#define NATURAL(text) natural(text, sizeof(text) - 1, &value)

static void naturals(void **state)
{
    uint32_t value = 1;

    (void)state;
    assert_true(NATURAL("\x02\x01\x00"));
    assert_int_equal(value, 0);
    assert_true(NATURAL("\x02\x01\x7f"));
    assert_int_equal(value, 0x7f);
    assert_true(NATURAL("\x02\x02\x00\x80"));
    assert_int_equal(value, 0x80);
    assert_true(NATURAL("\x02\x05\x00\xff\xff\xff\xff"));
    assert_int_equal(value, 0xffffffff);
    assert_false(NATURAL("\x02\x00"));
    assert_false(NATURAL("\x02\x01\x80"));         /* negative */
    assert_false(NATURAL("\x02\x02\x00\x7f"));     /* not the shortest form */
    assert_false(NATURAL("\x02\x02\x00\x00"));
    assert_false(NATURAL("\x02\x05\x01\x00\x00\x00\x00"));
    assert_false(NATURAL("\x0a\x01\x00"));
}

static void takes_and_leaves(void **state)
{
    static const uint8_t bytes[] = { 0xa0, 3, 2, 1, 5, 0xa1, 4, 4, 1, 'x', 0 };
    struct der der = { bytes, sizeof(bytes) };
    struct der content;
    uint8_t tag;

    (void)state;
    assert_false(der_take(&der, DER_CONTEXT(1), &content));
    assert_int_equal(der.size, sizeof(bytes));
    assert_true(der_take_explicit(&der, DER_CONTEXT(0), DER_INTEGER, &content));
    assert_ptr_equal(content.at, bytes + 4);
    assert_int_equal(content.size, 1);
    assert_false(der_take_explicit(&der, DER_CONTEXT(1), DER_OCTET_STRING, &content)); /* one byte behind the inner one */
    assert_int_equal(der.size, 0);
    assert_false(der_take_any(&der, &tag, &content));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths),
        cmocka_unit_test(nesting),
        cmocka_unit_test(naturals),
        cmocka_unit_test(takes_and_leaves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
