/* Kerberos from end to end, with a KDC of the test's: and no session key in any answer. */
#include "vault-use.h"

#include <string.h>

#include <crypto/kerberos.h>

#include "der.h"
#include "vault-kdc.h"

#define SESSION 5u

static struct vault_use use;
static struct record record;
static struct writer der;
static uint8_t cipher[4096], plain[4096];
static const struct password_keys *keys = (const struct password_keys *)record.secret;

static int fresh(void **state)
{
    (void)state;
    for (uint64_t session = 0; session <= SESSION; session++) {
        session_key_release(session);
    }
    memset(&use, 0, sizeof(use));
    use.session = SESSION;
    use.record = &record;
    vault_password(&record, "correct horse");
    return 0;
}

static const uint8_t *long_term_key(uint32_t etype)
{
    return keys->kerberos[etype - 17];
}

/* No key of 16 bytes or more, and no half of one, is in the answer. */
static void expect_no_key(const uint8_t *key, size_t size)
{
    for (size_t at = 0; at + size / 2 <= use.size; at++) {
        assert_memory_not_equal(use.reply + at, key, size / 2);
        assert_memory_not_equal(use.reply + at, key + size / 2, size / 2);
    }
}

static bool answer_has(const char *text)
{
    size_t size = strlen(text);
    bool found = false;

    for (size_t at = 0; at + size <= use.size && !found; at++) {
        found = memcmp(use.reply + at, text, size) == 0;
    }
    return found;
}

static enum credvault_status send_rep(uint32_t command, uint32_t number, uint32_t etype, uint32_t size)
{
    const struct credvault_kerberos_rep header = { number, etype, size, 0 };

    return vault_use_with(&use, command, &header, sizeof(header), cipher, size);
}

/* The vault's answer is the part as the KDC wrote it, zeros for its key. */
static uint32_t expect_part(const struct kdc_part *part)
{
    static const uint8_t zeros[32];
    struct credvault_kerberos_reply header;
    struct writer wanted;

    kdc_write(&wanted, part);
    memcpy(&header, use.reply, sizeof(header));
    assert_int_equal(header.size, write_size(&wanted));
    assert_int_equal(use.size, sizeof(header) + header.size);
    assert_int_equal(header.etype, part->etype);
    assert_memory_equal(write_begin(&wanted) + header.key_offset, part->key, part->key_size);
    assert_memory_equal(use.reply + sizeof(header) + header.key_offset, zeros, part->key_size);
    memcpy(use.reply + sizeof(header) + header.key_offset, part->key, part->key_size);
    assert_memory_equal(use.reply + sizeof(header), write_begin(&wanted), header.size);
    memset(use.reply + sizeof(header) + header.key_offset, 0, part->key_size);
    expect_no_key(part->key, part->key_size);
    return header.key;
}

static enum credvault_status send_part(const struct kdc_part *part, uint32_t etype)
{
    kdc_write(&der, part);
    return send_rep(CREDVAULT_KERBEROS_AS_REP, 7, etype,
                    kdc_encrypt(etype, long_term_key(etype), KERBEROS_USAGE_AS_REP, write_begin(&der), write_size(&der), cipher));
}

static void take_as_rep(const struct kdc_part *part, uint32_t etype)
{
    assert_int_equal(send_part(part, etype), CREDVAULT_SUCCESS);
    use.key = session_key_find(SESSION, expect_part(part));
    assert_non_null(use.key);
    assert_memory_equal(use.key->key, part->key, part->key_size);
    assert_int_equal(use.key->credential, 7);
    assert_true(use.key->ticket_granting);
}

static void take_tgs_rep(const struct kdc_part *part)
{
    uint32_t size;

    kdc_write(&der, part);
    size = kdc_encrypt(use.key->etype, use.key->key, KERBEROS_USAGE_TGS_REP_SESSION_KEY, write_begin(&der), write_size(&der), cipher);
    assert_int_equal(send_rep(CREDVAULT_KERBEROS_TGS_REP, use.key->number, use.key->etype, size), CREDVAULT_SUCCESS);
    use.key = session_key_find(SESSION, expect_part(part));
    assert_non_null(use.key);
    assert_memory_equal(use.key->key, part->key, part->key_size);
    assert_int_equal(use.key->credential, 7);
    assert_false(use.key->ticket_granting);
}

static void expect_plaintext(const uint8_t *key, uint32_t etype, uint32_t usage, const uint8_t *wanted, size_t size)
{
    assert_int_equal(use.size, size + kerberos_overhead((enum kerberos_type)etype));
    assert_int_equal(kerberos_decrypt((enum kerberos_type)etype, key, usage, use.reply, use.size, plain), CRYPTO_OK);
    assert_memory_equal(plain, wanted, size);
}

static enum credvault_status send_data(uint32_t command, uint32_t usage, const void *data, size_t size)
{
    const struct credvault_kerberos_data header = { use.key->number, usage, (uint32_t)size, 0 };

    return vault_use_with(&use, command, &header, sizeof(header), data, (uint32_t)size);
}

static void authenticate(const struct kdc_part *part, uint32_t usage, bool subkey)
{
    client_authenticator(&der, subkey);
    assert_int_equal(send_data(CREDVAULT_KERBEROS_AUTHENTICATOR, usage, write_begin(&der), write_size(&der)), CREDVAULT_SUCCESS);
    expect_plaintext(part->key, part->etype, usage, write_begin(&der), write_size(&der));
    expect_no_key(part->key, part->key_size);
}

static void checksum(const struct kdc_part *part, uint32_t usage)
{
    assert_int_equal(send_data(CREDVAULT_KERBEROS_CHECKSUM, usage, "body", 4), CREDVAULT_SUCCESS);
    assert_int_equal(use.size, kerberos_checksum_size((enum kerberos_type)part->etype));
    assert_int_equal(kerberos_checksum_verify((enum kerberos_type)part->etype, part->key, usage, (const uint8_t *)"body", 4, use.reply),
                     CRYPTO_OK);
    expect_no_key(part->key, part->key_size);
}

static void preauth(uint32_t etype, uint64_t time, uint32_t microseconds, const char *wanted)
{
    const struct credvault_kerberos_preauth request = { 7, etype, time, microseconds, 0 };
    uint8_t expected[64];

    assert_int_equal(vault_use(&use, CREDVAULT_KERBEROS_PREAUTH, &request, sizeof(request)), CREDVAULT_SUCCESS);
    expect_plaintext(long_term_key(etype), etype, KERBEROS_USAGE_AS_REQ_TIMESTAMP, expected, support_hex(wanted, expected));
}

/* From the time stamp to a service's authenticator, each type of long-term key with each of session key. */
static void end_to_end(void **state)
{
    (void)state;
    for (uint32_t etype = 17; etype <= 20; etype++) {
        for (uint32_t session = 17; session <= 20; session++) {
            struct kdc_part granting = kdc_part(session, 0x41), service = kdc_part(37 - session, 0x5b);

            service.service = "host";
            service.application = 26;
            preauth(etype, 1767323045, 0, "3018a011180f32303236303130323033303430355aa10302" "0100");
            take_as_rep(&granting, etype);
            checksum(&granting, 6);
            authenticate(&granting, 7, false);
            take_tgs_rep(&service);
            checksum(&service, 10);
            authenticate(&service, 7, false);
            authenticate(&service, 11, false);
            authenticate(&service, 11, true);
            session_key_release(SESSION);
        }
    }
}

static void times(void **state)
{
    (void)state;
    preauth(18, 0, 127, "3018a011180f31393730303130313030303030305aa10302017f");
    preauth(18, 951827696, 128, "3019a011180f32303030303232393132333435365aa10402020080");
    preauth(18, 4107542399, 32767, "3019a011180f32313030303232383233353935395aa10402027fff");
    preauth(18, 4107542400, 32768, "301aa011180f32313030303330313030303030305aa1050203008000");
    preauth(18, 253402300799, 999999, "301aa011180f39393939313233313233353935395aa10502030f423f");
}

static void preauth_refused(void **state)
{
    struct credvault_kerberos_preauth request = { 7, 17, 0, 0, 0 };

    (void)state;
    vault_each_reserved(&use, CREDVAULT_KERBEROS_PREAUTH, &request, sizeof(request), 20, 4);
    request.time = UINT64_C(253402300800);
    assert_int_equal(vault_use(&use, CREDVAULT_KERBEROS_PREAUTH, &request, sizeof(request)), CREDVAULT_BAD_REQUEST);
    request.time = UINT64_MAX;
    assert_int_equal(vault_use(&use, CREDVAULT_KERBEROS_PREAUTH, &request, sizeof(request)), CREDVAULT_BAD_REQUEST);
    request.time = 0;
    request.microseconds = 1000000;
    assert_int_equal(vault_use(&use, CREDVAULT_KERBEROS_PREAUTH, &request, sizeof(request)), CREDVAULT_BAD_REQUEST);
    request.microseconds = 0;
    for (uint32_t etype = 0; etype < 300; etype++) {
        request.etype = etype;
        assert_int_equal(vault_use(&use, CREDVAULT_KERBEROS_PREAUTH, &request, sizeof(request)),
                         etype >= 17 && etype <= 20 ? CREDVAULT_SUCCESS : CREDVAULT_BAD_REQUEST);
    }
}

/* RFC 4120 lets a client take the other tag in an AS-REP, not in a TGS-REP. */
static void application_tags(void **state)
{
    struct kdc_part part = kdc_part(18, 0x41);

    (void)state;
    for (unsigned tag = 0; tag < 31; tag++) {
        part.application = (uint8_t)tag;
        assert_int_equal(send_part(&part, 18), tag == 25 || tag == 26 ? CREDVAULT_SUCCESS : CREDVAULT_REFUSED);
    }
    part.application = 25;
    kdc_write(&der, &part);
    use.key = session_key_add(SESSION, 7, 18, true, part.key);
    assert_int_equal(send_rep(CREDVAULT_KERBEROS_TGS_REP, use.key->number, 18,
                              kdc_encrypt(18, part.key, 8, write_begin(&der), write_size(&der), cipher)), CREDVAULT_REFUSED);
}

/* What is authentic under another key, of another usage or type, is no AS-REP and no TGS-REP. */
static void other_usages_refused(void **state)
{
    struct kdc_part part = kdc_part(18, 0x41);
    const uint8_t *key = long_term_key(18);

    (void)state;
    part.application = 26;
    kdc_write(&der, &part);
    use.key = session_key_add(SESSION, 7, 18, false, key);
    for (uint32_t usage = 0; usage < 40; usage++) {
        uint32_t size = kdc_encrypt(18, key, usage, write_begin(&der), write_size(&der), cipher);

        assert_int_equal(send_rep(CREDVAULT_KERBEROS_AS_REP, 7, 18, size), usage == 3 ? CREDVAULT_SUCCESS : CREDVAULT_REFUSED);
        assert_int_equal(send_rep(CREDVAULT_KERBEROS_AS_REP, 7, 20, size), CREDVAULT_REFUSED);
        assert_int_equal(send_rep(CREDVAULT_KERBEROS_TGS_REP, use.key->number, 18, size),
                         usage == 8 ? CREDVAULT_SUCCESS : CREDVAULT_REFUSED);
        assert_int_equal(send_rep(CREDVAULT_KERBEROS_TGS_REP, use.key->number, 20, size), CREDVAULT_REFUSED);
    }
}

/* The vault's own outputs, sent back. */
static void own_outputs_refused(void **state)
{
    struct kdc_part part = kdc_part(18, 0x41);
    const struct credvault_kerberos_preauth request = { 7, 18, 1, 1, 0 };

    (void)state;
    assert_int_equal(vault_use(&use, CREDVAULT_KERBEROS_PREAUTH, &request, sizeof(request)), CREDVAULT_SUCCESS);
    memcpy(cipher, use.reply, use.size);
    assert_int_equal(send_rep(CREDVAULT_KERBEROS_AS_REP, 7, 18, use.size), CREDVAULT_REFUSED);
    part.service = "host";
    use.key = session_key_add(SESSION, 7, 18, false, part.key);
    for (uint32_t usage = 7; usage <= 11; usage += 4) {
        authenticate(&part, usage, false);
        memcpy(cipher, use.reply, use.size);
        assert_int_equal(send_rep(CREDVAULT_KERBEROS_TGS_REP, use.key->number, 18, use.size), CREDVAULT_REFUSED);
    }
}

static void session_keys_of_other_types(void **state)
{
    struct kdc_part part = kdc_part(18, 0x41);

    (void)state;
    for (uint32_t etype = 0; etype < 300; etype++) {
        for (size_t size = 0; size <= 33; size += size == 0 || size == 32 ? 1 : size < 15 ? 14 : size < 17 ? 1 : 14) {
            part.etype = etype;
            part.key_size = size;
            assert_int_equal(send_part(&part, 18), etype >= 17 && etype <= 20 && size == kerberos_key_size((enum kerberos_type)etype)
                                                       ? CREDVAULT_SUCCESS
                                                       : CREDVAULT_REFUSED);
            session_key_release(SESSION);
        }
    }
}

static void fields_missing(void **state)
{
    struct kdc_part part = kdc_part(17, 0x41);

    (void)state;
    for (unsigned field = 0; field < 11; field++) {
        part.left_out = 1u << field;
        assert_int_equal(send_part(&part, 17), field == 3 || field == 6 || field == 8 ? CREDVAULT_SUCCESS : CREDVAULT_REFUSED);
    }
}

/* MS-KILE's KERB-KEY-LIST-REP holds long-term keys; what is not known to hold none is hidden. */
static void pre_authentication_data(void **state)
{
    static const char secret[] = "the user's own key";
    struct kdc_part part = kdc_part(18, 0x41);

    (void)state;
    part.pa_value = secret;
    for (uint32_t type = 1; type < 0x200; type++) {
        bool shown = type == 149 || type == 165 || type == 167;

        part.pa_type = type;
        assert_int_equal(send_part(&part, 18), CREDVAULT_SUCCESS);
        expect_no_key(part.key, part.key_size);
        assert_int_equal(answer_has(secret), shown);
        session_key_release(SESSION);
    }
}

/* Which keys make the authenticators that may hold a subkey: a service's, that a TGS-REP brought. */
static void names_of_services(void **state)
{
    static const struct {
        const char *name;
        bool refused, ticket_granting;
    } services[] = {
        { "host", false, false }, { "krbtg", false, false }, { "", false, false }, { "krbtgt", false, true }, { "KrbTGT", false, true },
        { "EXAMPLE\\krbtgt", false, true }, { "krbtgt@EXAMPLE.COM", false, true }, { "kadmin", true, false }, { "KADMIN", true, false },
        { "k\xC3\xA4" "dmin", true, false },
    };
    struct kdc_part part = kdc_part(18, 0x41);

    (void)state;
    part.application = 26;
    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        struct credvault_kerberos_reply reply;

        part.service = services[i].name;
        assert_int_equal(send_part(&part, 18), services[i].refused ? CREDVAULT_REFUSED : CREDVAULT_SUCCESS);
        use.key = session_key_add(SESSION, 7, 18, true, part.key);
        assert_int_equal(send_rep(CREDVAULT_KERBEROS_TGS_REP, use.key->number, 18,
                                  kdc_encrypt(18, part.key, 8, write_begin(&der), write_size(&der), cipher)),
                         services[i].refused ? CREDVAULT_REFUSED : CREDVAULT_SUCCESS);
        if (!services[i].refused) {
            memcpy(&reply, use.reply, sizeof(reply));
            use.key = session_key_find(SESSION, reply.key);
            assert_int_equal(use.key->ticket_granting, services[i].ticket_granting);
        }
        session_key_release(SESSION);
    }
}

/* Nothing but 7 for a ticket-granting ticket, and no subkey there. */
static void authenticators_refused(void **state)
{
    struct kdc_part part = kdc_part(20, 0x41);

    (void)state;
    for (unsigned granting = 0; granting < 2; granting++) {
        use.key = session_key_add(SESSION, 7, 20, granting == 1, part.key);
        for (uint32_t usage = 0; usage < 300; usage++) {
            for (unsigned subkey = 0; subkey < 2; subkey++) {
                bool good = (usage == 7 && subkey == 0) || (usage == 11 && granting == 0);

                client_authenticator(&der, subkey == 1);
                assert_int_equal(send_data(CREDVAULT_KERBEROS_AUTHENTICATOR, usage, write_begin(&der), write_size(&der)),
                                 good ? CREDVAULT_SUCCESS : CREDVAULT_BAD_REQUEST);
            }
            assert_int_equal(send_data(CREDVAULT_KERBEROS_CHECKSUM, usage, "", 0),
                             usage == 6 || usage == 10 ? CREDVAULT_SUCCESS : CREDVAULT_BAD_REQUEST);
        }
    }
}

static void headers_refused(void **state)
{
    static uint8_t request[4024];
    struct credvault_kerberos_data data = { 1, 7, 0, 0 };
    struct credvault_kerberos_rep rep = { 7, 18, 0, 0 };

    (void)state;
    client_authenticator(&der, false);
    data.size = (uint32_t)write_size(&der);
    memcpy(request, &data, sizeof(data));
    memcpy(request + sizeof(data), write_begin(&der), data.size);
    vault_each_reserved(&use, CREDVAULT_KERBEROS_AUTHENTICATOR, request, (uint32_t)sizeof(data) + data.size, 8, 8);
    data.usage = 6;
    memcpy(request, &data, sizeof(data));
    vault_each_reserved(&use, CREDVAULT_KERBEROS_CHECKSUM, request, (uint32_t)sizeof(data) + data.size, 8, 8);
    for (uint32_t size = 0; size < 28; size++) { /* shorter than confounder and tag */
        rep.cipher_size = size;
        memcpy(request, &rep, sizeof(rep));
        assert_int_equal(vault_use(&use, CREDVAULT_KERBEROS_AS_REP, request, (uint32_t)sizeof(rep) + size), CREDVAULT_BAD_REQUEST);
    }
    rep.cipher_size = 28;
    memcpy(request, &rep, sizeof(rep));
    assert_int_equal(vault_use(&use, CREDVAULT_KERBEROS_AS_REP, request, (uint32_t)sizeof(rep) + 28), CREDVAULT_REFUSED);
    vault_each_reserved(&use, CREDVAULT_KERBEROS_AS_REP, request, (uint32_t)sizeof(rep) + 28, 8, 8);
    vault_each_reserved(&use, CREDVAULT_KERBEROS_TGS_REP, request, (uint32_t)sizeof(rep) + 28, 8, 8);
}

/* Too little room is said before anything is decrypted or charged. */
static void replies_that_do_not_fit(void **state)
{
    struct kdc_part part = kdc_part(18, 0x41);

    (void)state;
    kdc_write(&der, &part);
    use.capacity = (uint32_t)(sizeof(struct credvault_kerberos_reply) + write_size(&der));
    assert_int_equal(send_part(&part, 18), CREDVAULT_SUCCESS);
    use.capacity--;
    assert_int_equal(send_part(&part, 18), CREDVAULT_BAD_REQUEST);
    use.key = session_key_add(SESSION, 7, 18, false, part.key);
    client_authenticator(&der, true);
    use.capacity = (uint32_t)write_size(&der) + KERBEROS_MAX_OVERHEAD;
    assert_int_equal(send_data(CREDVAULT_KERBEROS_AUTHENTICATOR, 11, write_begin(&der), write_size(&der)), CREDVAULT_SUCCESS);
    use.capacity--;
    assert_int_equal(send_data(CREDVAULT_KERBEROS_AUTHENTICATOR, 11, write_begin(&der), write_size(&der)), CREDVAULT_BAD_REQUEST);
}

static void no_room_for_a_key(void **state)
{
    struct kdc_part part = kdc_part(18, 0x41);

    (void)state;
    for (unsigned i = 0; i < CREDVAULT_SESSION_KEYS; i++) {
        assert_int_equal(send_part(&part, 18), CREDVAULT_SUCCESS);
    }
    assert_int_equal(send_part(&part, 18), CREDVAULT_FULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(end_to_end, fresh),
        cmocka_unit_test_setup(times, fresh),
        cmocka_unit_test_setup(preauth_refused, fresh),
        cmocka_unit_test_setup(application_tags, fresh),
        cmocka_unit_test_setup(other_usages_refused, fresh),
        cmocka_unit_test_setup(own_outputs_refused, fresh),
        cmocka_unit_test_setup(session_keys_of_other_types, fresh),
        cmocka_unit_test_setup(fields_missing, fresh),
        cmocka_unit_test_setup(pre_authentication_data, fresh),
        cmocka_unit_test_setup(names_of_services, fresh),
        cmocka_unit_test_setup(authenticators_refused, fresh),
        cmocka_unit_test_setup(headers_refused, fresh),
        cmocka_unit_test_setup(replies_that_do_not_fit, fresh),
        cmocka_unit_test_setup(no_room_for_a_key, fresh),
    };

    return cmocka_run_group_tests(tests, support_psa_start, support_psa_stop);
}
