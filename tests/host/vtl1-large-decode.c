/* large_call_decode: the header's sizes, the ranges' pages, in which order, and that a refusal fills in nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sk/large_call.h>

static struct {
    struct secure_invoke_large header;
    struct secure_range ranges[2 * SECURE_LARGE_PAGES];
} input;

/* The input is an allocation of just its size: ASan sees who reads on. */
static enum secure_status decode(size_t size, struct large_call *out)
{
    uint8_t *copy = malloc(size);
    const struct secure_request request = { .input = copy, .input_size = (uint32_t)size };
    enum secure_status status;

    memcpy(copy, &input, size);
    status = large_call_decode(&request, out);
    free(copy);
    return status;
}

static size_t whole(void)
{
    return sizeof(input.header) + (input.header.input_ranges + input.header.output_ranges) * sizeof(input.ranges[0]);
}

/* 5000 bytes in two ranges, room for 12288 in two. */
static int setup(void **state)
{
    (void)state;
    memset(&input, 0, sizeof(input));
    input.header = (struct secure_invoke_large){ .command = 7, .input_size = 5000, .output_capacity = 12288, .input_ranges = 2,
                                                 .output_ranges = 2 };
    input.ranges[0] = (struct secure_range){ 0x9000, 1 };
    input.ranges[1] = (struct secure_range){ 0x3000, 1 };
    input.ranges[2] = (struct secure_range){ 0x20000, 2 };
    input.ranges[3] = (struct secure_range){ 0x7001, 1 }; /* whose it is, and whether it is a page, is asked elsewhere */
    return 0;
}

static void expect(enum secure_status status)
{
    struct large_call call, before;

    memset(&call, 0xA5, sizeof(call));
    before = call;
    assert_int_equal(decode(whole(), &call), status);
    assert_memory_equal(&call, &before, sizeof(call));
}

static void pages_come_in_order(void **state)
{
    static const uint64_t out_pages[] = { 0x20000, 0x21000, 0x7001, 0 };
    struct large_call call;

    (void)state;
    assert_int_equal(decode(whole(), &call), SECURE_STATUS_SUCCESS);
    assert_memory_equal(&call.header, &input.header, sizeof(call.header));
    assert_int_equal(call.input[0].value, 0x9000);
    assert_int_equal(call.input[1].value, 0x3000);
    assert_int_equal(call.input[2].value, 0);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(call.output[i].value, out_pages[i]);
    }
}

static void the_most_and_the_least(void **state)
{
    struct large_call call;

    (void)state;
    input.header = (struct secure_invoke_large){ .input_size = SECURE_LARGE_MAX, .output_capacity = SECURE_LARGE_MAX,
                                                 .input_ranges = SECURE_LARGE_PAGES, .output_ranges = SECURE_LARGE_PAGES };
    for (uint32_t i = 0; i < 2 * SECURE_LARGE_PAGES; i++) {
        input.ranges[i] = (struct secure_range){ (i + 1) * PAGE_SIZE, 1 };
    }
    assert_int_equal(whole(), SECURE_LARGE_MAX_INPUT);
    assert_int_equal(decode(whole(), &call), SECURE_STATUS_SUCCESS);
    assert_int_equal(call.output[SECURE_LARGE_PAGES - 1].value, 2 * SECURE_LARGE_PAGES * PAGE_SIZE);
    memset(&input, 0, sizeof(input));
    assert_int_equal(decode(whole(), &call), SECURE_STATUS_SUCCESS);
}

static void sizes_that_are_none(void **state)
{
    struct large_call call;
    size_t size = whole();

    assert_int_equal(decode(size - 1, &call), SECURE_STATUS_BAD_SIZE);
    assert_int_equal(decode(size + 16, &call), SECURE_STATUS_BAD_SIZE);
    input.header.input_size = SECURE_LARGE_MAX + 1;
    expect(SECURE_STATUS_BAD_SIZE);
    setup(state);
    input.header.output_capacity = UINT32_MAX;
    expect(SECURE_STATUS_BAD_SIZE);
    setup(state);
    input.header.input_ranges = UINT32_MAX; /* together they are 1 in 32 bits */
    input.header.output_ranges = 2;
    assert_int_equal(decode(size, &call), SECURE_STATUS_BAD_SIZE);
    setup(state);
    input.header.reserved = 1;
    expect(SECURE_STATUS_RESERVED_NOT_ZERO);
}

static void ranges_that_do_not_fit(void **state)
{
    static const uint64_t counts[] = { 0, 2, 3, 17, UINT64_C(1) << 52, UINT64_MAX };

    for (unsigned range = 0; range < 4; range++) {
        for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
            setup(state);
            if (input.ranges[range].pages != counts[i]) {
                input.ranges[range].pages = counts[i];
                expect(SECURE_STATUS_BAD_MEMORY);
            }
        }
    }
    setup(state);
    input.header.input_size = 8193; /* a page more than there is */
    expect(SECURE_STATUS_BAD_MEMORY);
    setup(state);
    input.header.output_capacity = 8192; /* a page less */
    expect(SECURE_STATUS_BAD_MEMORY);
}

static void by_chance(void **state)
{
    struct large_call call;

    (void)state;
    srandom(5);
    for (unsigned round = 0; round < 200000; round++) {
        uint8_t *bytes = (uint8_t *)&input;

        setup(state);
        for (unsigned i = 0; i < 3; i++) {
            bytes[(size_t)random() % whole()] ^= (uint8_t)(1u << random() % 8);
            if (whole() > sizeof(input)) {
                setup(state);
            }
        }
        if (decode(whole(), &call) == SECURE_STATUS_SUCCESS) {
            assert_true(call.header.input_size <= SECURE_LARGE_MAX && call.header.output_capacity <= SECURE_LARGE_MAX);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(pages_come_in_order, setup),
        cmocka_unit_test_setup(the_most_and_the_least, setup),
        cmocka_unit_test_setup(sizes_that_are_none, setup),
        cmocka_unit_test_setup(ranges_that_do_not_fit, setup),
        cmocka_unit_test(by_chance),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
