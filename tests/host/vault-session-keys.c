/* The pool of Kerberos session keys: whose they are, and what is left of them. */
#include "support.h"

#include <string.h>

#include "session_keys.h"

static const uint8_t key[KERBEROS_MAX_KEY] = "0123456789abcdef0123456789abcde";

static int empty(void **state)
{
    (void)state;
    for (uint64_t session = 0; session < 4; session++) {
        session_key_release(session);
    }
    return 0;
}

static void only_its_session_finds_it(void **state)
{
    const struct session_key *added = session_key_add(1, 7, 18, true, key);

    (void)state;
    assert_non_null(added);
    assert_int_not_equal(added->number, 0);
    assert_int_equal(added->credential, 7);
    assert_int_equal(added->etype, 18);
    assert_true(added->ticket_granting);
    assert_memory_equal(added->key, key, 32);
    assert_ptr_equal(session_key_find(1, added->number), added);
    assert_null(session_key_find(2, added->number));
    assert_null(session_key_find(0, added->number));
    assert_null(session_key_find(1, added->number + 1));
    assert_null(session_key_find(1, 0));
    assert_null(session_key_find(0, 0));
}

/* A shorter key takes no byte more from where it comes. */
static void as_long_as_its_type(void **state)
{
    static const uint8_t zero[16];
    const struct session_key *added = session_key_add(1, 7, 17, false, key);

    (void)state;
    assert_memory_equal(added->key, key, 16);
    assert_memory_equal(added->key + 16, zero, 16);
}

static void released_is_wiped(void **state)
{
    static const struct session_key none;
    const struct session_key *mine = session_key_add(1, 7, 20, false, key);
    const struct session_key *other = session_key_add(2, 8, 20, false, key);
    uint32_t number = mine->number;

    (void)state;
    session_key_release(1);
    assert_null(session_key_find(1, number));
    assert_memory_equal(mine, &none, sizeof(none));
    assert_ptr_equal(session_key_find(2, other->number), other);
}

static void full_and_free_again(void **state)
{
    uint32_t last = 0;

    (void)state;
    for (unsigned i = 0; i < CREDVAULT_SESSION_KEYS; i++) {
        const struct session_key *added;

        assert_true(session_key_room());
        added = session_key_add(1 + i % 2, 7, 17, false, key);
        assert_true(added->number > last);
        last = added->number;
    }
    assert_false(session_key_room());
    assert_null(session_key_add(1, 7, 17, false, key));
    session_key_release(1);
    assert_true(session_key_room());
    assert_true(session_key_add(3, 7, 17, false, key)->number > last);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(only_its_session_finds_it, empty),
        cmocka_unit_test_teardown(as_long_as_its_type, empty),
        cmocka_unit_test_teardown(released_is_wiped, empty),
        cmocka_unit_test_teardown(full_and_free_again, empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
