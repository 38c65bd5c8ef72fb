/* Every status and reason has a name and a sentence of its own, and every name leads back to its number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vault_words.h"

/* The numbers below count have names, all different, in lower case with dashes; those from count on have none. */
static void check(enum vault_origin origin, uint32_t first, uint32_t count)
{
    for (uint32_t i = first; i < count; i++) {
        struct vault_words words = vault_status_words((struct vault_result){ origin, i });

        assert_string_not_equal(words.name, "unknown-status");
        assert_int_equal(strspn(words.name, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(words.name));
        assert_true(strlen(words.text) > 4);
        for (uint32_t k = first; k < i; k++) {
            assert_string_not_equal(words.name, vault_status_words((struct vault_result){ origin, k }).name);
            assert_string_not_equal(words.text, vault_status_words((struct vault_result){ origin, k }).text);
        }
    }
    assert_string_equal(vault_status_words((struct vault_result){ origin, count }).name, "unknown-status");
    assert_string_equal(vault_status_words((struct vault_result){ origin, UINT32_MAX }).name, "unknown-status");
}

static void statuses(void **state)
{
    (void)state;
    check(VAULT_ORIGIN_VAULT, 0, CREDVAULT_INTERNAL + 1);
    check(VAULT_ORIGIN_SECURE_KERNEL, 0, SECURE_STATUS_BAD_REPLY + 1);
    check(VAULT_ORIGIN_VTL0, VAULT_LINE_BAD, VAULT_AUDIT_BROKEN + 1);
}

/* The names are those of abi/secure_statuses.def. */
static void the_secure_kernels_names(void **state)
{
#define SECURE_STATUS(number, name, text) { (number), (text) },
    static const struct {
        uint32_t number;
        const char *text;
    } rows[] = {
#include <abi/secure_statuses.def>
    };
#undef SECURE_STATUS

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_string_equal(vault_status_words((struct vault_result){ VAULT_ORIGIN_SECURE_KERNEL, rows[i].number }).name, rows[i].text);
    }
}

static void reasons(void **state)
{
    (void)state;
    for (uint32_t i = 0; i <= CREDVAULT_RECORD_FAILED; i++) {
        assert_string_not_equal(vault_reason_words(i).name, "unknown-status");
        for (uint32_t k = 0; k < i; k++) {
            assert_string_not_equal(vault_reason_words(i).name, vault_reason_words(k).name);
        }
    }
    assert_string_equal(vault_reason_words(CREDVAULT_RECORD_FAILED + 1).name, "unknown-status");
}

static void names_there_and_back(void **state)
{
    static const struct vault_name *const lists[] = {
        vault_types, vault_operations, vault_hashes, vault_wrappings, vault_algorithms, vault_commands, vault_flags, vault_states,
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        for (const struct vault_name *at = lists[i]; at->name != NULL; at++) {
            uint32_t number;

            assert_string_equal(vault_name_of(lists[i], at->number), at->name);
            assert_true(vault_number_of(lists[i], at->name, strlen(at->name), &number) && number == at->number);
            assert_false(vault_number_of(lists[i], at->name, strlen(at->name) - 1, &number) && number == at->number);
        }
        assert_null(vault_name_of(lists[i], 0x12345678));
    }
    for (uint32_t type = CREDVAULT_PASSWORD; type < CREDVAULT_TYPE_COUNT; type++) {
        assert_non_null(vault_name_of(vault_types, type));
    }
    for (unsigned bit = 0; bit < 10; bit++) {
        assert_non_null(vault_name_of(vault_operations, 1u << bit));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses),
        cmocka_unit_test(the_secure_kernels_names),
        cmocka_unit_test(reasons),
        cmocka_unit_test(names_there_and_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
