/* The provisioning line that LSASS decodes, and that nothing of a bad one stays behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "credential_line.h"

void secure_zero(void *to, size_t size)
{
    memset(to, 0, size);
}

static void a_good_line(void **state)
{
    static const uint8_t texts[] = "aliceEXAMPLEcorrect horse";
    uint8_t request[64];
    struct credvault_store header;

    (void)state;
    assert_int_equal(credential_line_decode("OVSM-CRED 616c696365 4558414d504c45 636f727265637420686f727365", request,
                                            sizeof(request)),
                     sizeof(header) + sizeof(texts) - 1);
    memcpy(&header, request, sizeof(header));
    assert_int_equal(header.user_size, 5);
    assert_int_equal(header.domain_size, 7);
    assert_int_equal(header.password_size, 13);
    assert_int_equal(header.reserved, 0);
    assert_memory_equal(request + sizeof(header), texts, sizeof(texts) - 1);
}

static void empty_domain_and_password(void **state)
{
    uint8_t request[32];

    (void)state;
    assert_int_equal(credential_line_decode("OVSM-CRED 61  ", request, sizeof(request)),
                     sizeof(struct credvault_store) + 1);
}

static void lines_that_are_refused(void **state)
{
    static const char *const lines[] = {
        "", "OVSM-CRED", "OVSM-CRED 61", "OVSM-CRED 61 62", "OVSM-CRED 61 62 63 ", "OVSM-CRED 61 62 63 64",
        "OVSM-CRED  62 63",
        "OVSM-CRED 6 62 63", "OVSM-CRED 61 6g 63", "OVSM-CRED 61 62 6", "OVSM-CRED 6A 62 63", "OVSM-CRED61 62 63",
        "ovsm-cred 61 62 63", " OVSM-CRED 61 62 63", "OVSM-CRED 61 62 63\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        uint8_t request[64];
        uint8_t zero[64] = { 0 };

        memset(request, 0xA5, sizeof(request));
        assert_int_equal(credential_line_decode(lines[i], request, sizeof(request)), 0);
        assert_memory_equal(request, zero, sizeof(request));
    }
}

static char *line_of(size_t user, size_t domain, size_t password)
{
    char *line = malloc(16 + 2 * (user + domain + password));
    char *at = line + sprintf(line, "OVSM-CRED ");
    size_t sizes[3] = { user, domain, password };

    for (int field = 0; field < 3; field++) {
        at += sprintf(at, "%s", field > 0 ? " " : "");
        for (size_t i = 0; i < sizes[field]; i++) {
            at += sprintf(at, "7a");
        }
    }
    return line;
}

static size_t decoded_size(size_t user, size_t domain, size_t password, size_t capacity)
{
    uint8_t *request = malloc(capacity + 1);
    char *line = line_of(user, domain, password);
    size_t size = credential_line_decode(line, request, capacity);

    free(line);
    free(request);
    return size;
}

static void limits(void **state)
{
    size_t header = sizeof(struct credvault_store);

    (void)state;
    assert_int_equal(decoded_size(CREDVAULT_MAX_USER, CREDVAULT_MAX_DOMAIN, CREDVAULT_MAX_PASSWORD, 1024),
                     header + CREDVAULT_MAX_USER + CREDVAULT_MAX_DOMAIN + CREDVAULT_MAX_PASSWORD);
    assert_int_equal(decoded_size(CREDVAULT_MAX_USER + 1, 1, 1, 1024), 0);
    assert_int_equal(decoded_size(1, CREDVAULT_MAX_DOMAIN + 1, 1, 1024), 0);
    assert_int_equal(decoded_size(1, 1, CREDVAULT_MAX_PASSWORD + 1, 1024), 0);
    for (size_t capacity = 0; capacity < header + 6; capacity++) {
        assert_int_equal(decoded_size(2, 2, 2, capacity), 0);
    }
    assert_int_equal(decoded_size(2, 2, 2, header + 6), header + 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_line),
        cmocka_unit_test(empty_domain_and_password),
        cmocka_unit_test(lines_that_are_refused),
        cmocka_unit_test(limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
