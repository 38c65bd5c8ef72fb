/* Reference time: 128-bit corner cases, the page's arithmetic, and a TSC that is behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <hv/clock.h>
#include <hv/partition.h>

#include "hv-core-bench.h"

#include <cmocka.h>

static int start(void **state)
{
    (void)state;
    bench_tsc = 123456789;
    bench_start(2);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bench_stop();
    return 0;
}

static void test_mul_div(void **state)
{
    (void)state;
    assert_int_equal(mul_div(0, UINT64_MAX, 1), 0);
    assert_int_equal(mul_div(UINT64_MAX, UINT64_MAX, UINT64_MAX), UINT64_MAX);
    assert_int_equal(mul_div(UINT64_MAX, 3, 3), UINT64_MAX);
    assert_int_equal(mul_div(UINT64_MAX, 2, 3), UINT64_MAX / 3 * 2);
    assert_int_equal(mul_div(UINT64_C(1) << 63, 2, UINT64_C(1) << 32), UINT64_C(1) << 32);
    assert_int_equal(mul_div(UINT64_C(1) << 63, 2, 1), UINT64_MAX); /* 65 bits */
    assert_int_equal(mul_div(UINT64_MAX, UINT64_MAX, UINT64_MAX - 1), UINT64_MAX);
    assert_int_equal(mul_div(7, 3, 2), 10);
}

static uint64_t by_the_page(uint64_t tsc)
{
    struct hv_reference_tsc_page page = clock_page();

    return (uint64_t)((unsigned __int128)tsc * page.scale >> 64) + (uint64_t)page.offset;
}

/* The frequency, the scale and the time after a second, from the slowest TSC to none that exists. */
static void test_frequencies(void **state)
{
    static const uint64_t frequencies[] = { CLOCK_SLOWEST_TSC, 19200000, 2000000000, 2599989123, UINT64_C(1) << 40 };

    (void)state;
    for (unsigned i = 0; i < sizeof(frequencies) / sizeof(frequencies[0]); i++) {
        uint64_t f = frequencies[i], begin = UINT64_C(1) << 45;

        partition.boot.tsc_frequency = f;
        bench_tsc = begin;
        clock_init();
        assert_int_equal(clock_now(), 0);
        assert_int_equal(clock_page().sequence, 1);
        assert_int_equal(clock_page().scale, (uint64_t)(((unsigned __int128)CLOCK_HZ << 64) / f));
        for (uint64_t seconds = 1; seconds <= UINT64_C(1) << 20; seconds *= 32) {
            bench_tsc = begin + seconds * f;
            assert_in_range(clock_now(), seconds * CLOCK_HZ - 2, seconds * CLOCK_HZ);
            assert_int_equal(clock_now(), by_the_page(bench_tsc));
        }
    }
}

/* At the TSC that clock_tsc_at names the time has come, and not long before. */
static void test_tsc_at(void **state)
{
    (void)state;
    for (uint64_t time = 3; time < UINT64_C(1) << 40; time = time * 3 + 1) {
        bench_tsc = clock_tsc_at(time);
        assert_in_range(clock_now(), time, time + 1);
        bench_tsc -= 400;
        assert_true(clock_now() < time);
    }
    assert_int_equal(clock_tsc_at(UINT64_MAX), UINT64_MAX);
    assert_int_equal(clock_tsc_at(UINT64_MAX / 2), UINT64_MAX);
}

/* A processor whose TSC is behind: the page says that it is no use. */
static void test_tsc_behind(void **state)
{
    (void)state;
    bench_tsc += 1000;
    clock_check(cpus[0]);
    assert_int_equal(clock_page().sequence, 1);
    bench_tsc -= 1;
    clock_check(cpus[1]);
    assert_int_equal(clock_page().sequence, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mul_div),
        cmocka_unit_test_setup_teardown(test_frequencies, start, stop),
        cmocka_unit_test_setup_teardown(test_tsc_at, start, stop),
        cmocka_unit_test_setup_teardown(test_tsc_behind, start, stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
