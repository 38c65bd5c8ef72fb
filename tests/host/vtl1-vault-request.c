/* The vault's decoder: what it takes, and everything it must refuse. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include <crypto/sealed_blob.h>

#include "request.h"

#define ROOM 4024u

static uint8_t input[4096];

static enum credvault_status decode(uint32_t command, uint32_t size, uint32_t capacity)
{
    struct vault_request request, before;
    enum credvault_status status;
    /* An allocation of exactly the request's size: a read behind its end is a test failure (ASan). */
    uint8_t *exact = malloc(size != 0 ? size : 1);

    assert_non_null(exact);
    memcpy(exact, input, size);
    memset(&request, 0xA5, sizeof(request));
    before = request;
    status = vault_decode(command, exact, size, capacity, &request);
    if (status != CREDVAULT_SUCCESS) {
        assert_memory_equal(&request, &before, sizeof(request));
    }
    free(exact);
    return status;
}

static uint32_t put_store(uint16_t user, uint16_t domain, uint16_t password)
{
    const struct credvault_store header = { user, domain, password, 0 };

    memset(input, 'a', sizeof(input));
    memcpy(input, &header, sizeof(header));
    return (uint32_t)sizeof(header) + user + domain + password;
}

static void store_is_decoded(void **state)
{
    uint32_t size = put_store(4, 3, 2);
    struct vault_request request;

    (void)state;
    assert_int_equal(vault_decode(CREDVAULT_STORE, input, size, ROOM, &request), CREDVAULT_SUCCESS);
    assert_ptr_equal(request.user.data, input + 8);
    assert_ptr_equal(request.domain.data, input + 12);
    assert_ptr_equal(request.password.data, input + 15);
    assert_int_equal(request.user.size, 4);
    assert_int_equal(request.domain.size, 3);
    assert_int_equal(request.password.size, 2);
}

static void store_limits(void **state)
{
    (void)state;
    assert_int_equal(decode(CREDVAULT_STORE, put_store(104, 104, 512), ROOM), CREDVAULT_SUCCESS);
    assert_int_equal(decode(CREDVAULT_STORE, put_store(1, 0, 0), ROOM), CREDVAULT_SUCCESS);
    assert_int_equal(decode(CREDVAULT_STORE, put_store(0, 1, 1), ROOM), CREDVAULT_BAD_REQUEST);
    assert_int_equal(decode(CREDVAULT_STORE, put_store(105, 0, 0), ROOM), CREDVAULT_BAD_REQUEST);
    assert_int_equal(decode(CREDVAULT_STORE, put_store(1, 105, 0), ROOM), CREDVAULT_BAD_REQUEST);
    assert_int_equal(decode(CREDVAULT_STORE, put_store(1, 0, 513), ROOM), CREDVAULT_BAD_REQUEST);
    assert_int_equal(decode(CREDVAULT_STORE, put_store(4, 4, 4) - 1, ROOM), CREDVAULT_BAD_REQUEST);
    assert_int_equal(decode(CREDVAULT_STORE, put_store(4, 4, 4) + 1, ROOM), CREDVAULT_BAD_REQUEST);
    assert_int_equal(decode(CREDVAULT_STORE, put_store(4, 4, 4), SEALED_BLOB_SIZE), CREDVAULT_SUCCESS);
    assert_int_equal(decode(CREDVAULT_STORE, put_store(4, 4, 4), SEALED_BLOB_SIZE - 1), CREDVAULT_BAD_REQUEST);
    for (uint32_t size = 0; size < 8; size++) {
        assert_int_equal(decode(CREDVAULT_STORE, size, ROOM), CREDVAULT_BAD_REQUEST);
    }
    put_store(4, 4, 4);
    input[6] = 1;
    assert_int_equal(decode(CREDVAULT_STORE, 20, ROOM), CREDVAULT_BAD_REQUEST);
}

static void store_text_must_be_text(void **state)
{
    static const uint8_t bad[] = { 0x00, 0x80, 0xC0, 0xFF, 0xED };

    (void)state;
    for (size_t i = 0; i < sizeof(bad); i++) {
        for (uint32_t at = 8; at < 20; at++) {
            uint32_t size = put_store(4, 4, 4);

            input[at] = bad[i];
            assert_int_equal(decode(CREDVAULT_STORE, size, ROOM), CREDVAULT_BAD_REQUEST);
        }
    }
}

static void load_takes_one_length_only(void **state)
{
    (void)state;
    assert_int_equal(decode(CREDVAULT_LOAD, SEALED_BLOB_SIZE, 4), CREDVAULT_SUCCESS);
    assert_int_equal(decode(CREDVAULT_LOAD, SEALED_BLOB_SIZE, 3), CREDVAULT_BAD_REQUEST);
    assert_int_equal(decode(CREDVAULT_LOAD, SEALED_BLOB_SIZE - 1, 4), CREDVAULT_BLOB_REFUSED);
    assert_int_equal(decode(CREDVAULT_LOAD, SEALED_BLOB_SIZE + 1, 4), CREDVAULT_BLOB_REFUSED);
    assert_int_equal(decode(CREDVAULT_LOAD, 0, 4), CREDVAULT_BLOB_REFUSED);
}

static void challenges_name_their_own_length(void **state)
{
    const struct credvault_ntlmv2 ntlmv2 = { .slot = 9, .client_blob_size = 2048 };
    const struct credvault_hmac hmac = { .slot = 7, .message_size = 2048 };

    (void)state;
    memcpy(input, &ntlmv2, sizeof(ntlmv2));
    assert_int_equal(decode(CREDVAULT_NTLMV2, 16 + 2048, 32), CREDVAULT_SUCCESS);
    assert_int_equal(decode(CREDVAULT_NTLMV2, 16 + 2048, 31), CREDVAULT_BAD_REQUEST);
    assert_int_equal(decode(CREDVAULT_NTLMV2, 16 + 2047, 32), CREDVAULT_BAD_REQUEST);
    assert_int_equal(decode(CREDVAULT_NTLMV2, 16 + 2049, 32), CREDVAULT_BAD_REQUEST);
    assert_int_equal(decode(CREDVAULT_NTLMV2, 15, 32), CREDVAULT_BAD_REQUEST);
    memcpy(input, &hmac, sizeof(hmac));
    assert_int_equal(decode(CREDVAULT_HMAC_SHA256, 8 + 2048, 32), CREDVAULT_SUCCESS);
    assert_int_equal(decode(CREDVAULT_HMAC_SHA256, 8 + 2048, 31), CREDVAULT_BAD_REQUEST);
    assert_int_equal(decode(CREDVAULT_HMAC_SHA256, 8 + 2047, 32), CREDVAULT_BAD_REQUEST);
    assert_int_equal(decode(CREDVAULT_HMAC_SHA256, 7, 32), CREDVAULT_BAD_REQUEST);
    input[4] = 1; /* 2049 */
    assert_int_equal(decode(CREDVAULT_HMAC_SHA256, 8 + 2049, 32), CREDVAULT_BAD_REQUEST);
}

static void unload_is_a_number(void **state)
{
    (void)state;
    assert_int_equal(decode(CREDVAULT_UNLOAD, 4, 0), CREDVAULT_SUCCESS);
    assert_int_equal(decode(CREDVAULT_UNLOAD, 3, 0), CREDVAULT_BAD_REQUEST);
    assert_int_equal(decode(CREDVAULT_UNLOAD, 5, 0), CREDVAULT_BAD_REQUEST);
}

static void other_commands_are_unknown(void **state)
{
    static const uint32_t commands[] = { 0, 6, 7, 255, 256 + 1, 0x80000001, UINT32_MAX };

    (void)state;
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        assert_int_equal(decode(commands[i], 20, ROOM), CREDVAULT_UNKNOWN_COMMAND);
    }
}

/* Random bytes, every command: no read out of bounds, and accepted text stays inside the request. */
static void random_requests(void **state)
{
    (void)state;
    srandom(7);
    for (unsigned i = 0; i < 100000; i++) {
        uint32_t command = 1 + (uint32_t)random() % 5, size = (uint32_t)random() % 64;

        for (unsigned at = 0; at < 64; at++) {
            input[at] = (uint8_t)(random() % 3 == 0 ? random() : random() % 8);
        }
        decode(command, size, ROOM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_is_decoded),
        cmocka_unit_test(store_limits),
        cmocka_unit_test(store_text_must_be_text),
        cmocka_unit_test(load_takes_one_length_only),
        cmocka_unit_test(challenges_name_their_own_length),
        cmocka_unit_test(unload_is_a_number),
        cmocka_unit_test(other_commands_are_unknown),
        cmocka_unit_test(random_requests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
