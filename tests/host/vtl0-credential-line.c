/* The provisioning line: a credential of hexadecimal fields, or nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "credential_line.h"

static bool parse(const char *text, struct vault_password *password, char **line)
{
    *line = strdup(text); /* of its own size: a byte too far is seen */
    return credential_line_parse(*line, password);
}

static void a_credential(void **state)
{
    struct vault_password password;
    char *line;

    (void)state;
    assert_true(parse("OVSM-CRED 616c696365 4558 707764", &password, &line));
    assert_int_equal(password.user.size, 5);
    assert_memory_equal(password.user.at, "alice", 5);
    assert_int_equal(password.domain.size, 2);
    assert_memory_equal(password.domain.at, "EX", 2);
    assert_int_equal(password.password.size, 3);
    assert_memory_equal(password.password.at, "pwd", 3);
    assert_int_equal(password.salt.size, 0);
    free(line);
    assert_true(parse("OVSM-CRED 61  ", &password, &line)); /* no domain, an empty password */
    assert_int_equal(password.domain.size + password.password.size, 0);
    free(line);
}

static void refusals(void **state)
{
    static const char *const rows[] = {
        "", "OVSM-CRED", "OVSM-CRED ", "OVSM-CRED 61", "OVSM-CRED 61 62", "OVSM-CRED  62 63", "OVSM-CRED 61 62 63 ",
        "OVSM-CRED 61 62 63 64", "OVSM-CRED 6 62 63", "OVSM-CRED 61 6x 63", "OVSM-CREDS 61 62 63", "ovsm-cred 61 62 63",
        "OVSM-CRED61 62 63",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct vault_password password;
        char *line;

        assert_false(parse(rows[i], &password, &line));
        free(line);
    }
}

static void the_longest_password(void **state)
{
    char text[sizeof("OVSM-CRED 61 62 ") + 2 * CREDVAULT_MAX_PASSWORD + 2];
    size_t head = strlen("OVSM-CRED 61 62 ");
    struct vault_password password;
    char *line;

    (void)state;
    memcpy(text, "OVSM-CRED 61 62 ", head);
    memset(text + head, '7', 2 * CREDVAULT_MAX_PASSWORD + 2);
    text[head + 2 * CREDVAULT_MAX_PASSWORD] = '\0';
    assert_true(parse(text, &password, &line));
    assert_int_equal(password.password.size, CREDVAULT_MAX_PASSWORD);
    free(line);
    text[head + 2 * CREDVAULT_MAX_PASSWORD] = '7';
    text[head + 2 * CREDVAULT_MAX_PASSWORD + 2] = '\0';
    assert_false(parse(text, &password, &line));
    free(line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_credential),
        cmocka_unit_test(refusals),
        cmocka_unit_test(the_longest_password),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
