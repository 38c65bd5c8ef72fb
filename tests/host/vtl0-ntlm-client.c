/* The NTLMv2 client challenge that LSASS builds, byte for byte against [MS-NLMP] 2.2.2.7 and 2.2.2.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ntlm_client.h"

static const struct ntlm_target target = { .domain = "D", .computer = "C", .dns_domain = "d.e",
                                           .dns_computer = "c.d.e" };
static const uint8_t challenge[8] = { 0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7 };
static const uint64_t when = UINT64_C(0x0102030405060708);

static const uint8_t wanted[] = {
    1, 1, 0, 0, 0, 0, 0, 0,
    8, 7, 6, 5, 4, 3, 2, 1,
    0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7,
    0, 0, 0, 0,
    2, 0, 2, 0, 'D', 0,
    1, 0, 2, 0, 'C', 0,
    4, 0, 6, 0, 'd', 0, '.', 0, 'e', 0,
    3, 0, 10, 0, 'c', 0, '.', 0, 'd', 0, '.', 0, 'e', 0,
    7, 0, 8, 0, 8, 7, 6, 5, 4, 3, 2, 1,
    0, 0, 0, 0,
    0, 0, 0, 0,
};

static void layout(void **state)
{
    uint8_t blob[sizeof(wanted)];

    (void)state;
    assert_int_equal(ntlm_client_blob(&target, when, challenge, blob, sizeof(blob)), sizeof(wanted));
    assert_memory_equal(blob, wanted, sizeof(wanted));
}

static void every_smaller_buffer_is_refused(void **state)
{
    (void)state;
    for (size_t capacity = 0; capacity < sizeof(wanted); capacity++) {
        uint8_t *blob = malloc(capacity + 1);

        assert_int_equal(ntlm_client_blob(&target, when, challenge, blob, capacity), 0);
        free(blob);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layout),
        cmocka_unit_test(every_smaller_buffer_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
