/*
 * The vault's console over a vault that is played here: what a line sends, what is answered, to tools and to people, and that
 * nothing of a line is left in memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vault_console.h"

static char told[65536];
static size_t told_size;

static struct {
    uint32_t command, status;
    uint8_t request[VAULT_DATA_SIZE], reply[VAULT_DATA_SIZE];
    size_t request_size, reply_size;
    unsigned requests;
} vault;

static bool carry(void *context, struct vault_exchange *exchange)
{
    (void)context;
    vault.requests++;
    vault.command = exchange->command;
    vault.request_size = exchange->input_size;
    memcpy(vault.request, exchange->input, exchange->input_size);
    exchange->secure_status = 0;
    exchange->status = vault.status;
    exchange->output_size = vault.reply_size;
    memcpy(exchange->output, vault.reply, vault.reply_size);
    return true;
}

static void hear(const char *text, size_t size)
{
    assert_true(told_size + size < sizeof(told));
    memcpy(told + told_size, text, size);
    told_size += size;
    told[told_size] = '\0';
}

static bool draw(void *to, size_t size)
{
    memset(to, 0x42, size);
    return true;
}

static uint64_t now(void)
{
    return UINT64_C(133000000000000000);
}

static bool no_blob(const char *name, uint8_t *bytes, size_t *size)
{
    (void)name;
    (void)bytes;
    (void)size;
    return false;
}

static struct vault_console console = {
    .client = { .transport = carry }, .write = hear, .random = draw, .time = now, .read_blob = no_blob, .id = 7,
};

/* Runs the line with that reply; afterwards nothing of it is left. */
static const char *run(const char *text, const void *reply, size_t size)
{
    size_t length = strlen(text);
    char *line = strdup(text);

    memset(&vault.reply, 0, sizeof(vault.reply));
    memcpy(vault.reply, reply, size);
    vault.reply_size = size;
    vault.requests = 0;
    told_size = 0;
    vault_console_run(&console, line);
    for (size_t i = 0; i < length; i++) {
        assert_int_equal(line[i], 0);
    }
    free(line);
    return told;
}

static void for_machines(void **state)
{
    const uint8_t tag[32] = { 0xAB };

    (void)state;
    assert_string_equal(run("hmac id=5 message=hex:00ff", tag, sizeof(tag)),
                        "@openvsm vault id=7 verb=hmac status=0 name=success origin=vault "
                        "tag=ab00000000000000000000000000000000000000000000000000000000000000\n");
    assert_int_equal(vault.command, CREDVAULT_HMAC_SHA256);
    assert_memory_equal(vault.request, "\x05\0\0\0\0\0\0\0\x00\xff", 10);
    vault.status = CREDVAULT_PIN_LOCKED;
    assert_string_equal(run("hmac id=5 message=a", "", 0), "@openvsm vault id=7 verb=hmac status=12 name=pin-locked origin=vault\n");
    vault.status = 0;
    assert_string_equal(run("hmac id=5 message=a", "", 0), "@openvsm vault id=7 verb=hmac status=4 name=reply-bad origin=vtl0\n");
}

static void for_people(void **state)
{
    const struct credvault_otp_reply code = { .code = 42, .digits = 6, .counter = 9 };
    struct credvault_entry entry = {
        .credential = 5, .type = CREDVAULT_SYMMETRIC, .policy = { .operations = CREDVAULT_ALLOW_HOTP },
        .label_size = 3, .label = "a\x1b" "b",
    };

    (void)state;
    console.for_people = true;
    vault.status = CREDVAULT_PIN_LOCKED;
    assert_string_equal(run("unlock id=5 pin=2580", "", 0), "the vault refuses: this credential is locked (status 12)\n");
    vault.status = 0;
    assert_non_null(strstr(run("policy id=5", &entry, sizeof(entry)), "\n  label: a?b\n"));
    assert_string_equal(run("fly", "", 0), "VTL0 refuses: the line is no request (status 1)\n  error: there is no such verb\n");
    assert_string_equal(run("unlock id=5 pin=2580", "", 0), "done\n");
    assert_string_equal(run("otp id=5", &code, sizeof(code)), "VTL0 refuses: what came back is not an answer of a vault (status 4)\n");
    console.for_people = false;
}

/* None of these says anything to the vault, or anything of itself again. */
static void bad_lines_are_not_sent(void **state)
{
    static const char *const rows[] = {
        "", "secretverb", "unlock id=5 pin=secret secret", "unlock id=5 secret=1", "unlock id=5 pin=secret pin=secret",
        "unlock id=secret pin=1",
        "unlock id=5 pin=hex:secret", "unlock id=5 pin=secretsecretsecretsecretsecretsecret", "add type=secret label=a",
        "add type=password label=a user=b password=secret domain=c x=secret", "generate type=symmetric label=a allow=secret",
        "generate type=p256 label=a rate=secret", "reset", "reset confirm=secret", "hmac id=1", "raw command=1 data=hex:secret",
        "sign id=1 message=a algorithm=secret", "import type=p256 label=a by=1 wrapped=hex:00 wrapping=secret",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *answer = run(rows[i], "", 0);

        assert_int_equal(vault.requests, 0);
        assert_null(strstr(answer, "secret"));
        assert_non_null(strstr(answer, " status=1 name=bad-line origin=vtl0 error="));
        assert_int_equal(told[told_size - 1], '\n');
    }
}

static void a_new_credentials_policy(void **state)
{
    const struct credvault_added added = { .credential = 3 };
    struct credvault_new sent;

    (void)state;
    run("generate type=symmetric label=otp allow=totp,export pin=2580 uses=9 rate=3/60 expires=77 confirm=yes hash=sha256 digits=8 "
        "size=20", &added, sizeof(added));
    memcpy(&sent, vault.request, sizeof(sent));
    assert_int_equal(sent.policy.operations, CREDVAULT_ALLOW_TOTP | CREDVAULT_ALLOW_EXPORT);
    assert_int_equal(sent.policy.flags, CREDVAULT_POLICY_PIN | CREDVAULT_POLICY_CONFIRM);
    assert_int_equal(sent.policy.max_uses, 9);
    assert_true(sent.policy.rate_uses == 3 && sent.policy.rate_seconds == 60 && sent.policy.expires == 77 && sent.policy.pin_tries == 5);
    assert_true(sent.symmetric.hash == CREDVAULT_SHA256 && sent.symmetric.digits == 8);
    assert_true(sent.symmetric.step == 30 && sent.symmetric.size == 20);
    run("generate type=p384 label=key", &added, sizeof(added));
    memcpy(&sent, vault.request, sizeof(sent));
    assert_int_equal(sent.policy.operations, CREDVAULT_ALLOW_SIGN | CREDVAULT_ALLOW_AGREE); /* never export unless it is said */
    assert_true(sent.policy.flags == 0 && sent.policy.pin_tries == 0 && sent.symmetric.hash == 0);
}

static void absent_policy_words_keep_what_is(void **state)
{
    const struct credvault_entry entry = {
        .credential = 5, .type = CREDVAULT_P256, .label_size = 1,
        .policy = { .operations = CREDVAULT_ALLOW_SIGN, .flags = CREDVAULT_POLICY_PIN, .pin_tries = 4, .expires = 99, .max_uses = 50 },
    };
    struct credvault_restrict sent;

    (void)state;
    run("policy id=5 uses=10", &entry, sizeof(entry)); /* RESTRICT gets the same reply, which is then too much */
    assert_int_equal(vault.command, CREDVAULT_RESTRICT);
    memcpy(&sent, vault.request, sizeof(sent));
    assert_true(sent.credential == 5 && sent.policy.max_uses == 10 && sent.policy.expires == 99 && sent.policy.pin_tries == 4);
    assert_int_equal(sent.policy.operations, CREDVAULT_ALLOW_SIGN);
    run("policy id=5", &entry, sizeof(entry));
    assert_int_equal(vault.command, CREDVAULT_LIST);
    assert_int_equal(vault.requests, 1);
}

static void a_challenge_of_its_own(void **state)
{
    const struct credvault_ntlmv2_reply reply = { .nt_proof_str = { 1 } };

    (void)state;
    assert_non_null(strstr(run("respond id=5", &reply, sizeof(reply)), " server_challenge=4242424242424242 client_blob=0101000000000000"));
    assert_non_null(strstr(run("respond id=5 challenge=hex:0102030405060708 blob=hex:0101", &reply, sizeof(reply)),
                           " server_challenge=0102030405060708 client_blob=0101 "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(for_machines),
        cmocka_unit_test(for_people),
        cmocka_unit_test(bad_lines_are_not_sent),
        cmocka_unit_test(a_new_credentials_policy),
        cmocka_unit_test(absent_policy_words_keep_what_is),
        cmocka_unit_test(a_challenge_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
