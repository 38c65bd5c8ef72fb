/* The vault as a whole, without a machine: MS-NLMP's published values, refused blobs, slots and sessions. */
#include "support.h"

#include <string.h>

#include "slots.h"
#include "vault.h"

static const uint8_t identity[16] = CREDVAULT_IDENTITY;
static const uint8_t store_request[] = { 4, 0, 6, 0, 8, 0, 0, 0, 'U', 's', 'e', 'r', 'D', 'o', 'm', 'a', 'i', 'n',
                                         'P', 'a', 's', 's', 'w', 'o', 'r', 'd' };

static uint8_t reply[4024], blob[SEALED_BLOB_SIZE];
static uint32_t reply_size;

static enum credvault_status serve(uint64_t session, uint32_t command, const void *input, size_t size)
{
    struct vault_request request;
    enum credvault_status status = vault_decode(command, input, (uint32_t)size, sizeof(reply), &request);

    return status == CREDVAULT_SUCCESS ? vault_serve(session, &request, reply, &reply_size) : status;
}

static void init(uint8_t key_byte)
{
    uint8_t key[SEALED_BLOB_KEY_SIZE];

    memset(key, key_byte, sizeof(key));
    assert_true(vault_init(key, identity, 1));
}

static void store(void)
{
    assert_int_equal(serve(1, CREDVAULT_STORE, store_request, sizeof(store_request)), CREDVAULT_SUCCESS);
    assert_int_equal(reply_size, SEALED_BLOB_SIZE);
    memcpy(blob, reply, sizeof(blob));
}

static uint32_t load(uint64_t session)
{
    uint32_t slot;

    assert_int_equal(serve(session, CREDVAULT_LOAD, blob, sizeof(blob)), CREDVAULT_SUCCESS);
    assert_int_equal(reply_size, sizeof(slot));
    memcpy(&slot, reply, sizeof(slot));
    return slot;
}

static enum credvault_status challenge(uint64_t session, uint32_t slot)
{
    static const char temp[] = "01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000"
                               "02000c0044006f006d00610069006e00"
                               "01000c005300650072007600650072000000000000000000";
    struct {
        struct credvault_ntlmv2 header;
        uint8_t blob[128];
    } request = { .header = { .slot = slot, .server_challenge = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef } } };

    request.header.client_blob_size = (uint32_t)support_hex(temp, request.blob);
    return serve(session, CREDVAULT_NTLMV2, &request, sizeof(request.header) + request.header.client_blob_size);
}

static void published_answer(void **state)
{
    const struct credvault_ntlmv2_reply *answer = (const struct credvault_ntlmv2_reply *)reply;
    uint32_t slot;

    (void)state;
    init(1);
    store();
    slot = load(1);
    assert_int_equal(challenge(1, slot), CREDVAULT_SUCCESS);
    assert_int_equal(reply_size, sizeof(*answer));
    support_assert_hex(answer->nt_proof_str, 16, "68cd0ab851e51c96aabc927bebef6a1c");
    support_assert_hex(answer->session_base_key, 16, "8de40ccadbc14a82f15cb0ad0de95ca3");
    slot_release_session(1);
}

static void every_changed_bit_is_refused(void **state)
{
    (void)state;
    init(1);
    store();
    for (size_t bit = 0; bit < sizeof(blob) * 8; bit += bit < 512 ? 1 : 61) {
        blob[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(serve(1, CREDVAULT_LOAD, blob, sizeof(blob)), CREDVAULT_BLOB_REFUSED);
        blob[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    load(1);
    slot_release_session(1);
}

static void a_blob_of_another_boot_or_length_is_refused(void **state)
{
    (void)state;
    init(1);
    store();
    init(2);
    assert_int_equal(serve(1, CREDVAULT_LOAD, blob, sizeof(blob)), CREDVAULT_BLOB_REFUSED);
    init(1);
    assert_int_equal(serve(1, CREDVAULT_LOAD, blob, sizeof(blob) - 1), CREDVAULT_BLOB_REFUSED);
    assert_int_equal(serve(1, CREDVAULT_LOAD, blob, 0), CREDVAULT_BLOB_REFUSED);
}

static void slots_belong_to_their_session(void **state)
{
    uint32_t slot;

    (void)state;
    init(1);
    store();
    slot = load(1);
    assert_int_equal(challenge(2, slot), CREDVAULT_NO_SUCH_SLOT);
    assert_int_equal(serve(2, CREDVAULT_UNLOAD, &slot, sizeof(slot)), CREDVAULT_NO_SUCH_SLOT);
    assert_int_equal(challenge(1, slot), CREDVAULT_SUCCESS);
    assert_int_equal(serve(1, CREDVAULT_UNLOAD, &slot, sizeof(slot)), CREDVAULT_SUCCESS);
    assert_int_equal(challenge(1, slot), CREDVAULT_NO_SUCH_SLOT);
    for (uint32_t number = 0; number < 100; number++) {
        assert_int_equal(challenge(1, number * 0x01234567), CREDVAULT_NO_SUCH_SLOT);
    }
}

static void slots_run_out_and_come_back(void **state)
{
    (void)state;
    init(1);
    store();
    for (unsigned i = 0; i < CREDVAULT_SLOTS; i++) {
        load(1 + i % 2);
    }
    assert_int_equal(serve(1, CREDVAULT_LOAD, blob, sizeof(blob)), CREDVAULT_NO_FREE_SLOT);
    slot_release_session(2);
    assert_int_equal(challenge(2, 2), CREDVAULT_NO_SUCH_SLOT);
    assert_int_equal(challenge(1, 1), CREDVAULT_SUCCESS);
    for (unsigned i = 0; i < CREDVAULT_SLOTS / 2; i++) {
        load(2);
    }
    slot_release_session(1);
    slot_release_session(2);
}

static void released_slots_are_zero(void **state)
{
    static const struct slot zero;
    struct slot *slot;
    uint32_t number;

    (void)state;
    init(1);
    store();
    number = load(5);
    slot = slot_find(5, number);
    assert_non_null(slot);
    assert_memory_not_equal(slot->ntlm_key, zero.ntlm_key, sizeof(zero.ntlm_key));
    slot_release_session(5);
    assert_memory_equal(slot, &zero, sizeof(zero));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_answer),
        cmocka_unit_test(every_changed_bit_is_refused),
        cmocka_unit_test(a_blob_of_another_boot_or_length_is_refused),
        cmocka_unit_test(slots_belong_to_their_session),
        cmocka_unit_test(slots_run_out_and_come_back),
        cmocka_unit_test(released_slots_are_zero),
    };

    return cmocka_run_group_tests(tests, support_psa_start, support_psa_stop);
}
