#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <segment.h>

#include <cmocka.h>

/* null, 64-bit code (not marked accessed), flat data, expand-down byte data, 64-bit busy TSS */
static const uint64_t table[] = {
    0, UINT64_C(0x00AF9A000000FFFF), UINT64_C(0x00CF92000000FFFF), UINT64_C(0x1240F6345678ABCD),
    UINT64_C(0x89008B67F0000067), UINT64_C(0x00000000FFFF8012),
};

static struct hv_x64_segment_register decode(uint16_t limit, uint16_t selector, int system)
{
    uint8_t *exact = malloc(limit + 1u);
    struct hv_x64_segment_register segment;

    memcpy(exact, table, limit + 1u);
    segment = segment_decode(exact, limit, selector, system);
    free(exact);
    return segment;
}

static void expect(struct hv_x64_segment_register segment, uint16_t selector, uint64_t base, uint32_t limit, uint16_t attributes)
{
    assert_int_equal(segment.selector, selector);
    assert_int_equal(segment.base, base);
    assert_int_equal(segment.limit, limit);
    assert_int_equal(segment.attributes, attributes);
}

static void test_code_and_data(void **state)
{
    (void)state;
    expect(decode(sizeof(table) - 1, 0x08, 0), 0x08, 0, 0xFFFFFFFF, 0xA09B);
    expect(decode(sizeof(table) - 1, 0x13, 0), 0x13, 0, 0xFFFFFFFF, 0xC093);
    expect(decode(sizeof(table) - 1, 0x18, 0), 0x18, 0x12345678, 0x0ABCD, 0x40F7);
}

static void test_system(void **state)
{
    (void)state;
    expect(decode(sizeof(table) - 1, 0x20, 1), 0x20, UINT64_C(0xFFFF80128967F000), 0x67, 0x008B);
}

static void test_absent(void **state)
{
    (void)state;
    expect(decode(sizeof(table) - 1, 0, 0), 0, 0, 0, 0);
    expect(decode(sizeof(table) - 1, 3, 0), 3, 0, 0, 0);                       /* null with an RPL */
    expect(decode(sizeof(table) - 1, sizeof(table), 0), sizeof(table), 0, 0, 0); /* behind the limit */
    expect(decode(0x26, 0x20, 0), 0x20, 0, 0, 0);                              /* cut by the limit */
    expect(decode(0x27, 0x20, 1), 0x20, 0, 0, 0);                              /* upper half cut by the limit */
    expect(decode(sizeof(table) - 1, 0x0C, 0), 0x0C, 0, 0, 0);                 /* in a local table that is not there */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_code_and_data),
        cmocka_unit_test(test_system),
        cmocka_unit_test(test_absent),
    };

    return cmocka_run_group_tests_name("boot-segment", tests, NULL, NULL);
}
