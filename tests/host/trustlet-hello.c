/* The smallest trustlet. */
#include "trustlet.h"

#include <string.h>

enum { ECHO = 1, COUNT = 2 };

static uint8_t out[TRUSTLET_MAX_REPLY], in[TRUSTLET_MAX_INPUT];

static uint32_t count(uint64_t session)
{
    uint32_t value = 0;
    struct trustlet_answer answer = trustlet_call(session, COUNT, NULL, 0, out, sizeof(value));

    assert_int_equal(status_of(answer), TRUSTLET_SUCCESS);
    assert_int_equal(answer.size, sizeof(value));
    memcpy(&value, out, sizeof(value));
    return value;
}

static void echoes(void **state)
{
    uint64_t session = trustlet_open();
    const uint32_t sizes[] = { 0, 1, 333, sizeof(in) };

    (void)state;
    for (size_t i = 0; i < sizeof(in); i++) {
        in[i] = (uint8_t)(i * 7);
    }
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct trustlet_answer answer = trustlet_call(session, ECHO, in, sizes[i], out, sizes[i]);

        assert_int_equal(status_of(answer), TRUSTLET_SUCCESS);
        assert_int_equal(answer.size, sizes[i]);
        assert_memory_equal(out, in, sizes[i]);
    }
}

static void counts_for_each_session(void **state)
{
    uint64_t first = trustlet_open(), second = trustlet_open();

    (void)state;
    assert_int_equal(count(first), 0);
    trustlet_call(first, ECHO, in, 5, out, sizeof(out));
    trustlet_call(first, ECHO, in, 5, out, sizeof(out));
    assert_int_equal(count(first), 2);
    assert_int_equal(count(second), 0);
    trustlet_close(first);
    assert_int_equal(trustlet_call(first, COUNT, NULL, 0, out, sizeof(out)).outcome, TRUSTLET_NO_SESSION);
    assert_int_equal(count(trustlet_open()), 0);
}

static void refuses(void **state)
{
    uint64_t session = trustlet_open();

    (void)state;
    assert_int_equal(status_of(trustlet_call(session, ECHO, in, 100, out, 99)), TRUSTLET_BAD_SIZE);
    assert_int_equal(status_of(trustlet_call(session, COUNT, in, 1, out, 4)), TRUSTLET_BAD_SIZE);
    assert_int_equal(status_of(trustlet_call(session, COUNT, NULL, 0, out, 3)), TRUSTLET_BAD_SIZE);
    assert_int_equal(status_of(trustlet_call(session, 0, in, 1, out, 4)), TRUSTLET_UNKNOWN_COMMAND);
    assert_int_equal(status_of(trustlet_call(session, 77, in, 1, out, 4)), TRUSTLET_UNKNOWN_COMMAND);
    assert_int_equal(count(session), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(echoes, begin, end),
        cmocka_unit_test_setup_teardown(counts_for_each_session, begin, end),
        cmocka_unit_test_setup_teardown(refuses, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
