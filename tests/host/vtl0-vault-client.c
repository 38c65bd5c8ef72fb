/* The vault's client library: what it sends, byte for byte, and what it makes of replies that no vault gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vault_client.h"

#define ROOM 512u

/* The other end: keeps the request, gives the reply that a test wants. */
static struct {
    uint32_t command, secure_status, status;
    uint8_t request[VAULT_DATA_SIZE], reply[VAULT_DATA_SIZE];
    size_t request_size, reply_size;
    bool gone;
} vault;

static bool carry(void *context, struct vault_exchange *exchange)
{
    assert_ptr_equal(context, &vault);
    assert_true(exchange->capacity == VAULT_DATA_SIZE);
    vault.command = exchange->command;
    vault.request_size = exchange->input_size;
    memcpy(vault.request, exchange->input, exchange->input_size);
    exchange->secure_status = vault.secure_status;
    exchange->status = vault.status;
    exchange->output_size = vault.reply_size;
    memcpy(exchange->output, vault.reply, vault.reply_size < exchange->capacity ? vault.reply_size : exchange->capacity);
    return !vault.gone;
}

static struct vault_client client = { .transport = carry, .context = &vault };

static void assert_wiped(void)
{
    for (size_t i = 0; i < VAULT_DATA_SIZE; i++) {
        assert_int_equal(client.request[i] | client.reply[i], 0);
    }
}

static struct vault_bytes text(const char *words)
{
    return (struct vault_bytes){ (const uint8_t *)words, strlen(words) };
}

/* What a call wrote; of its own size, so that a byte too far is seen. */
static uint8_t *out;
static struct vault_room room;

static struct vault_room *new_room(size_t capacity)
{
    free(out);
    out = malloc(capacity + 1);
    room = (struct vault_room){ .at = out, .capacity = capacity };
    return &room;
}

static struct vault_added added;
static struct credvault_info info;
static struct credvault_entry entries[4];
static struct credvault_audit audit;
static struct credvault_audit_entry audit_entries[CREDVAULT_AUDIT_PAGE];
static struct credvault_ntlmv2_reply ntlm;
static struct credvault_otp_reply otp;
static struct credvault_kerberos_reply kerberos;
static uint8_t tag[32];
static const uint8_t bytes[32] = { 1, 2, 3 };
static const struct vault_new new_one = { .type = CREDVAULT_P256, .label = { bytes, 3 }, .policy = { .operations = CREDVAULT_ALLOW_SIGN } };

static struct vault_result call_list(void)
{
    size_t count;
    struct vault_result result = vault_list(&client, 5, entries, 4, &count);

    assert_true(count <= 4);
    return result;
}

static struct vault_result call_info(void) { return vault_info(&client, &info); }
static struct vault_result call_reset(void) { return vault_reset(&client); }
static struct vault_result call_public(void) { return vault_public_key(&client, 5, new_room(ROOM)); }
static struct vault_result call_audit(void) { return vault_audit(&client, bytes, &audit, audit_entries); }
static struct vault_result call_generate(void) { return vault_generate(&client, &new_one, &added); }
static struct vault_result call_remove(void) { return vault_remove(&client, 5); }
static struct vault_result call_restrict(void) { return vault_restrict(&client, 5, &new_one.policy); }
static struct vault_result call_unlock(void) { return vault_unlock(&client, 5, text("2580")); }
static struct vault_result call_confirm(void) { return vault_confirm(&client, 123456); }
static struct vault_result call_ntlmv2(void) { return vault_ntlmv2(&client, 5, bytes, text("blob"), &ntlm); }
static struct vault_result call_hmac(void) { return vault_hmac(&client, 5, text("message"), tag); }
static struct vault_result call_otp(void) { return vault_otp(&client, CREDVAULT_TOTP, 5, &otp); }
static struct vault_result call_wrap(void) { return vault_wrap(&client, 5, 6, new_room(ROOM)); }

static struct vault_result call_sign(void)
{
    const struct credvault_sign sign = { .credential = 5, .algorithm = CREDVAULT_RSA_PSS_SHA256 };

    return vault_sign(&client, &sign, text("message"), new_room(ROOM));
}

static struct vault_result call_agree(void)
{
    const struct credvault_agree agree = { .credential = 5, .out_size = 40 };

    return vault_agree(&client, &agree, text("peer"), text("info"), new_room(64));
}

static struct vault_result call_preauth(void)
{
    const struct credvault_kerberos_preauth preauth = { .credential = 5, .etype = 18, .time = 7 };

    return vault_preauth(&client, &preauth, new_room(ROOM));
}

static struct vault_result call_as_rep(void)
{
    return vault_kdc_reply(&client, CREDVAULT_KERBEROS_AS_REP, 5, 18, text("cipher"), &kerberos, new_room(ROOM));
}

static struct vault_result call_checksum(void)
{
    return vault_kerberos_data(&client, CREDVAULT_KERBEROS_CHECKSUM, 5, 6, text("data"), new_room(ROOM));
}

static const struct {
    struct vault_result (*call)(void);
    uint32_t command;
    size_t request_size;
} calls[] = {
    { call_info, CREDVAULT_INFO, 0 },
    { call_reset, CREDVAULT_RESET, 4 },
    { call_list, CREDVAULT_LIST, 4 },
    { call_public, CREDVAULT_PUBLIC_KEY, 4 },
    { call_audit, CREDVAULT_AUDIT, 32 },
    { call_generate, CREDVAULT_GENERATE, 88 + 3 },
    { call_remove, CREDVAULT_REMOVE, 4 },
    { call_restrict, CREDVAULT_RESTRICT, 48 },
    { call_unlock, CREDVAULT_UNLOCK, 8 + 4 },
    { call_confirm, CREDVAULT_CONFIRM, 4 },
    { call_ntlmv2, CREDVAULT_NTLMV2, 16 + 4 },
    { call_hmac, CREDVAULT_HMAC_SHA256, 8 + 7 },
    { call_otp, CREDVAULT_TOTP, 8 },
    { call_sign, CREDVAULT_SIGN, 16 + 7 },
    { call_agree, CREDVAULT_AGREE, 16 + 4 + 4 },
    { call_wrap, CREDVAULT_WRAP, 8 },
    { call_preauth, CREDVAULT_KERBEROS_PREAUTH, 24 },
    { call_as_rep, CREDVAULT_KERBEROS_AS_REP, 16 + 6 },
    { call_checksum, CREDVAULT_KERBEROS_CHECKSUM, 16 + 4 },
};
#define CALLS (sizeof(calls) / sizeof(calls[0]))

static void reply(const void *from, size_t size)
{
    memset(&vault, 0, sizeof(vault));
    memcpy(vault.reply, from, size);
    vault.reply_size = size;
}

static void each_sends_its_command(void **state)
{
    (void)state;
    for (size_t i = 0; i < CALLS; i++) {
        reply("", 0);
        calls[i].call();
        assert_int_equal(vault.command, calls[i].command);
        assert_int_equal(vault.request_size, calls[i].request_size);
        assert_wiped();
    }
}

static void a_password_is_sent(void **state)
{
    const struct vault_new one = {
        .type = CREDVAULT_PASSWORD, .label = text("mail"), .pin = text("2580"), .policy = { .operations = 3, .flags = 1 },
    };
    const struct vault_password password = {
        .user = text("alice"), .domain = text("EX"), .password = text("secret"), .salt = text("EXalice"), .iterations_sha1 = 5,
    };
    const struct credvault_added number = { .credential = 9 };
    struct credvault_new header;
    struct credvault_password inner;

    (void)state;
    reply(&number, sizeof(number));
    assert_true(vault_succeeded(vault_add_password(&client, &one, &password, &added)));
    assert_int_equal(added.credential, 9);
    memcpy(&header, vault.request, sizeof(header));
    assert_int_equal(header.type, CREDVAULT_PASSWORD);
    assert_int_equal(header.label_size, 4);
    assert_int_equal(header.pin_size, 4);
    assert_int_equal(header.secret_size, 16 + 5 + 2 + 6 + 7);
    memcpy(&inner, vault.request + 88 + 8, sizeof(inner));
    assert_int_equal(inner.user_size, 5);
    assert_int_equal(inner.iterations_sha1, 5);
    assert_int_equal(vault.request_size, 88 + 8 + header.secret_size);
    assert_memory_equal(vault.request + 88, "mail2580", 8);
    assert_memory_equal(vault.request + 88 + 8 + 16, "aliceEXsecretEXalice", 20);
    assert_wiped();
}

static void who_says_no(void **state)
{
    (void)state;
    for (size_t i = 0; i < CALLS; i++) {
        struct vault_result result;

        reply(bytes, sizeof(bytes));
        vault.status = CREDVAULT_PIN_LOCKED;
        result = calls[i].call();
        assert_true(result.origin == VAULT_ORIGIN_VAULT && result.status == CREDVAULT_PIN_LOCKED);
        vault.secure_status = SECURE_STATUS_TRUSTLET_FAULT;
        result = calls[i].call();
        assert_true(result.origin == VAULT_ORIGIN_SECURE_KERNEL && result.status == SECURE_STATUS_TRUSTLET_FAULT);
        vault.gone = true;
        result = calls[i].call();
        assert_true(result.origin == VAULT_ORIGIN_VTL0 && result.status == VAULT_UNREACHABLE);
        assert_wiped();
    }
}

/* Any size, filled with ones, zeros or chance: accepted completely or not at all. */
static void replies_of_no_vault(void **state)
{
    (void)state;
    srand(1);
    for (size_t i = 0; i < CALLS; i++) {
        for (size_t size = 0; size <= VAULT_DATA_SIZE; size++) {
            for (unsigned kind = 0; kind < 3; kind++) {
                struct vault_result result;

                memset(&vault, 0, sizeof(vault));
                for (size_t at = 0; at < size && kind > 0; at++) {
                    vault.reply[at] = kind == 1 ? 0xFF : (uint8_t)rand();
                }
                vault.reply_size = size;
                result = calls[i].call();
                assert_true(vault_succeeded(result) || (result.origin == VAULT_ORIGIN_VTL0 && result.status == VAULT_REPLY_BAD));
            }
        }
        assert_wiped();
    }
    memset(&vault, 0, sizeof(vault));
    vault.reply_size = SIZE_MAX; /* a transport that lies */
    for (size_t i = 0; i < CALLS; i++) {
        assert_int_equal(calls[i].call().status, VAULT_REPLY_BAD);
    }
}

/* One row a field that must not be what it is. */
static void infos_and_entries(void **state)
{
    static const size_t fields[] = {
        offsetof(struct credvault_info, version), offsetof(struct credvault_info, root), offsetof(struct credvault_info, lasting),
        offsetof(struct credvault_info, state), offsetof(struct credvault_info, reason), offsetof(struct credvault_info, credentials),
        offsetof(struct credvault_info, reserved),
    };
    const struct credvault_info good = { .version = CREDVAULT_VERSION, .root = 1, .generation = 7 };
    struct credvault_entry two[2] = {
        { .credential = 6, .type = CREDVAULT_P256, .policy = { .operations = 1 }, .label_size = 1 },
        { .credential = 7, .type = CREDVAULT_PASSWORD, .policy = { .operations = 1 }, .label_size = CREDVAULT_MAX_LABEL },
    };
    size_t count;

    (void)state;
    reply(&good, sizeof(good));
    assert_true(vault_succeeded(call_info()) && info.generation == 7);
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        reply(&good, sizeof(good));
        vault.reply[fields[i] + 1] = 1;
        assert_int_equal(call_info().status, VAULT_REPLY_BAD);
    }
    reply(two, sizeof(two));
    assert_true(vault_succeeded(vault_list(&client, 5, entries, 4, &count)) && count == 2 && entries[1].credential == 7);
    assert_true(vault_succeeded(vault_list(&client, 5, entries, 1, &count)) && count == 1);
    assert_int_equal(vault_list(&client, 6, entries, 4, &count).status, VAULT_REPLY_BAD); /* not above */
    two[1].credential = 6;
    reply(two, sizeof(two));
    assert_int_equal(call_list().status, VAULT_REPLY_BAD); /* not ascending */
    two[1].credential = 7;
    two[1].label_size++;
    reply(two, sizeof(two));
    assert_int_equal(call_list().status, VAULT_REPLY_BAD);
}

static void one_entry(void **state)
{
    const struct credvault_entry other = { .credential = 6, .type = CREDVAULT_P256, .policy = { .operations = 1 }, .label_size = 1 };

    (void)state;
    reply(&other, sizeof(other));
    assert_true(vault_succeeded(vault_entry(&client, 6, entries)));
    assert_int_equal(vault_entry(&client, 5, entries).status, CREDVAULT_NO_SUCH_CREDENTIAL); /* the next one came */
    assert_int_equal(vault_entry(&client, 0, entries).status, CREDVAULT_NO_SUCH_CREDENTIAL);
}

static void kerberos_replies(void **state)
{
    struct {
        struct credvault_kerberos_reply header;
        uint8_t der[40];
    } good = { .header = { .key = 1, .etype = 18, .size = 40, .key_offset = 8 } };

    (void)state;
    reply(&good, sizeof(good));
    assert_true(vault_succeeded(call_as_rep()) && room.size == 40 && kerberos.key_offset == 8);
    good.header.key_offset = 9; /* 32 bytes of key are not behind it */
    reply(&good, sizeof(good));
    assert_int_equal(call_as_rep().status, VAULT_REPLY_BAD);
    good.header.key_offset = UINT32_MAX;
    reply(&good, sizeof(good));
    assert_int_equal(call_as_rep().status, VAULT_REPLY_BAD);
    good.header.key_offset = 8;
    good.header.etype = 23;
    reply(&good, sizeof(good));
    assert_int_equal(call_as_rep().status, VAULT_REPLY_BAD);
    good.header.etype = 17; /* a shorter key */
    good.header.key_offset = 24;
    reply(&good, sizeof(good));
    assert_true(vault_succeeded(call_as_rep()));
}

static void codes(void **state)
{
    struct credvault_otp_reply code = { .code = 999999, .digits = 6, .counter = 1 };

    (void)state;
    reply(&code, sizeof(code));
    assert_true(vault_succeeded(call_otp()));
    code.code++;
    reply(&code, sizeof(code));
    assert_int_equal(call_otp().status, VAULT_REPLY_BAD);
    code.digits = 9;
    reply(&code, sizeof(code));
    assert_int_equal(call_otp().status, VAULT_REPLY_BAD);
}

static void more_than_a_request_holds(void **state)
{
    static uint8_t large[VAULT_DATA_SIZE + 1];
    const struct vault_new long_label = { .type = CREDVAULT_P256, .label = { large, 65536 + 3 } };

    (void)state;
    reply("", 0);
    vault.command = 99;
    assert_int_equal(vault_hmac(&client, 5, (struct vault_bytes){ large, VAULT_DATA_SIZE - 8 + 1 }, tag).status, VAULT_TOO_LONG);
    assert_int_equal(vault_generate(&client, &long_label, &added).status, VAULT_TOO_LONG);
    assert_int_equal(vault.command, 99); /* nothing was sent */
    assert_wiped();
    assert_int_equal(vault_hmac(&client, 5, (struct vault_bytes){ large, VAULT_DATA_SIZE - 8 }, tag).status, VAULT_REPLY_BAD);
    assert_int_equal(vault.request_size, VAULT_DATA_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_sends_its_command),
        cmocka_unit_test(a_password_is_sent),
        cmocka_unit_test(who_says_no),
        cmocka_unit_test(replies_of_no_vault),
        cmocka_unit_test(infos_and_entries),
        cmocka_unit_test(one_entry),
        cmocka_unit_test(kerberos_replies),
        cmocka_unit_test(codes),
        cmocka_unit_test(more_than_a_request_holds),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    free(out);
    return failed;
}
