/* Keys made from passwords: published values, and every structure that is not right. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "key_material.h"

struct request {
    struct credvault_password header;
    uint8_t text[CREDVAULT_MAX_USER + CREDVAULT_MAX_DOMAIN + CREDVAULT_MAX_PASSWORD + CREDVAULT_MAX_SALT + 4];
};

static struct record record;
static struct request request;
static uint32_t size;

static uint16_t put(const char *text)
{
    size_t length = strlen(text);

    memcpy((uint8_t *)&request + size, text, length);
    size += (uint32_t)length;
    return (uint16_t)length;
}

static void fill(const char *user, const char *domain, const char *password, const char *salt)
{
    memset(&request, 0, sizeof(request));
    size = sizeof(request.header);
    request.header.user_size = put(user);
    request.header.domain_size = put(domain);
    request.header.password_size = put(password);
    request.header.salt_size = put(salt);
}

/* In memory of exactly that size, so that ASan sees a step over the end. */
static enum credvault_status check(void)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    enum credvault_status status;

    memcpy(copy, &request, size);
    status = key_material_check_password(copy, size);
    free(copy);
    return status;
}

static const struct password_keys *make(void)
{
    assert_int_equal(check(), CREDVAULT_SUCCESS);
    memset(&record, 0xa5, sizeof(record));
    record.type = CREDVAULT_PASSWORD;
    assert_int_equal(key_material_password(&record, (const uint8_t *)&request, size), CREDVAULT_SUCCESS);
    assert_int_equal(record.secret_size, sizeof(struct password_keys));
    assert_int_equal(record.public_key_size, 0);
    return (const struct password_keys *)record.secret;
}

/* MS-NLMP, "NTLMv2 Authentication" of "Cryptographic Values for Validation". */
static void ntlm_as_published(void **state)
{
    (void)state;
    fill("User", "Domain", "Password", "");
    support_assert_hex(make()->ntlm, 16, "0c868a403bfd7a93a3001ef22ef02e3f");
}

/* docs/vault.md, "The HMAC challenge". */
static void hmac_as_documented(void **state)
{
    (void)state;
    fill("alice", "EXAMPLE", "correct horse", "");
    support_assert_hex(make()->hmac, 32, "6596eb7738c9fd50e68bb70854b69e671eb377e8502e298ed9fa5ed22499261d");
}

/* RFC 3962, appendix B: a salt that is the realm and the name, 1200 iterations. */
static void rfc3962_as_published(void **state)
{
    const struct password_keys *keys;

    (void)state;
    fill("raeburn", "ATHENA.MIT.EDU", "password", "");
    request.header.iterations_sha1 = 1200;
    keys = make();
    support_assert_hex(keys->kerberos[0], 16, "4c01cd46d632d01e6dbe230a01ed642a");
    support_assert_hex(keys->kerberos[1], 32, "55a6ac740ad17b4846941051e1e8b0a7548d93b0ab30a8bc3ff16280382b8c2a");
}

/* RFC 8009, appendix A, "Sample results for string-to-key conversion": 32768 iterations, a salt that is no text. */
static void rfc8009_as_published(void **state)
{
    uint8_t random[16];
    const struct password_keys *keys;

    (void)state;
    fill("u", "", "password", "................ATHENA.MIT.EDUraeburn");
    support_hex("10df9dd783e5bc8acea1730e74355f61", random);
    memcpy(request.text + 1 + 8, random, sizeof(random));
    keys = make();
    support_assert_hex(keys->kerberos[2], 16, "089bca48b105ea6ea77ca5d2f39dc5e7");
    support_assert_hex(keys->kerberos[3], 32, "45bd806dbf6a833a9cffc1c94589a222367a79bc21c413718906e9f578a78467");
}

/* The defaults are the numbers themselves. */
static void default_iterations(void **state)
{
    struct password_keys first;

    (void)state;
    fill("alice", "EXAMPLE", "correct horse", "");
    first = *make();
    request.header.iterations_sha1 = 4096;
    request.header.iterations_sha2 = 32768;
    assert_memory_equal(make(), &first, sizeof(first));
    request.header.iterations_sha1 = 4097;
    assert_memory_not_equal(make()->kerberos[0], first.kerberos[0], 16);
    assert_memory_equal(make()->kerberos[2], first.kerberos[2], 64);
}

static void expect_refused(void)
{
    static const struct password_keys none;

    assert_int_equal(check(), CREDVAULT_BAD_REQUEST);
    assert_int_equal(key_material_password(&record, (const uint8_t *)&request, size), CREDVAULT_INTERNAL);
    assert_int_equal(record.secret_size, 0);
    assert_memory_equal(record.secret, &none, sizeof(none));
}

static void sizes_at_their_limits(void **state)
{
    static char most[CREDVAULT_MAX_PASSWORD + 2];
    static const uint16_t limits[4] = { CREDVAULT_MAX_USER, CREDVAULT_MAX_DOMAIN, CREDVAULT_MAX_PASSWORD, CREDVAULT_MAX_SALT };
    char text[4][CREDVAULT_MAX_PASSWORD + 2];

    (void)state;
    memset(most, 'x', sizeof(most) - 1);
    for (unsigned over = 0; over <= 4; over++) {
        for (unsigned i = 0; i < 4; i++) {
            strcpy(text[i], most);
            text[i][limits[i] + (i == over)] = '\0';
        }
        fill(text[0], text[1], text[2], text[3]);
        assert_int_equal(check(), over < 4 ? CREDVAULT_BAD_REQUEST : CREDVAULT_SUCCESS);
    }
    fill("", "d", "p", "");
    expect_refused();
    fill("u", "", "", "");
    assert_int_equal(check(), CREDVAULT_SUCCESS);
    request.header.iterations_sha1 = request.header.iterations_sha2 = 100000;
    assert_int_equal(check(), CREDVAULT_SUCCESS);
    request.header.iterations_sha1 = 100001;
    expect_refused();
    request.header.iterations_sha1 = 0;
    request.header.iterations_sha2 = 100001;
    expect_refused();
}

static void sizes_that_do_not_add_up(void **state)
{
    uint32_t whole;

    (void)state;
    fill("alice", "EXAMPLE", "correct horse", "salt");
    whole = size;
    for (size = 0; size < whole; size++) {
        assert_int_equal(check(), CREDVAULT_BAD_REQUEST);
    }
    size = whole + 1;
    assert_int_equal(check(), CREDVAULT_BAD_REQUEST);
    size = whole;
    request.header.salt_size++;
    expect_refused();
    request.header.salt_size -= 2;
    expect_refused();
}

static void text_that_is_none(void **state)
{
    static const char *const users[] = { "m\xc3\xbcller", "\x80", "a\x7f\xff" };
    static const char *const texts[] = { "\xff", "a\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80" };

    (void)state;
    for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
        fill(users[i], "", "", "");
        expect_refused();
    }
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        fill("u", texts[i], "", "");
        expect_refused();
        fill("u", "", texts[i], "");
        expect_refused();
        fill("u", "", "", texts[i]); /* a salt is bytes */
        assert_int_equal(check(), CREDVAULT_SUCCESS);
    }
    for (unsigned i = 0; i < 3; i++) { /* U+0000 in each of them */
        fill("u", "d", "p", "");
        request.text[i] = 0;
        expect_refused();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ntlm_as_published),
        cmocka_unit_test(hmac_as_documented),
        cmocka_unit_test(rfc3962_as_published),
        cmocka_unit_test(rfc8009_as_published),
        cmocka_unit_test(default_iterations),
        cmocka_unit_test(sizes_at_their_limits),
        cmocka_unit_test(sizes_that_do_not_add_up),
        cmocka_unit_test(text_that_is_none),
    };

    return cmocka_run_group_tests(tests, support_psa_start, support_psa_stop);
}
