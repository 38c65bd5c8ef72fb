#include "vault.h"

#include <stdio.h>

uint64_t session;
uint8_t reply[TRUSTLET_MAX_REPLY];
uint32_t reply_size;

const uint8_t test_key[32] = "0123456789abcdefPLANTEDSECRETKEY";

int vault_setup(void **state)
{
    static const struct ium_freshness nothing = { .state = IUM_FRESHNESS_NONE, .lasting = 1 };

    (void)state;
    memset(&vtl0, 0, sizeof(vtl0));
    trustlet_fresh(&nothing);
    trustlet_pretend(NULL, 0);
    trustlet_platform(NULL);
    trustlet_vtl0(vtl0_answer);
    trustlet_fresh_fault(IUM_SYSCALL_SET_FRESHNESS, 0, TRUSTLET_FAULT_NONE);
    vault_power_on();
    return 0;
}

int vault_teardown(void **state)
{
    (void)state;
    trustlet_stop();
    return 0;
}

void vault_power_on(void)
{
    assert_true(trustlet_start());
    session = trustlet_open();
    assert_int_not_equal(session, 0);
}

void vault_reboot(void)
{
    trustlet_stop();
    vault_power_on();
}

bool vault_try(uint32_t command, const void *input, size_t size, enum credvault_status *status)
{
    struct trustlet_answer answer = trustlet_call(session, command, input, (uint32_t)size, reply, sizeof(reply));

    if (answer.outcome == TRUSTLET_ENDED) {
        assert_int_equal(trustlet_exit_code(), TRUSTLET_POWER_CUT);
        return false;
    }
    *status = (enum credvault_status)status_of(answer);
    reply_size = answer.size;
    if (*status != CREDVAULT_SUCCESS) {
        assert_int_equal(reply_size, 0);
    }
    return true;
}

enum credvault_status vault_call(uint32_t command, const void *input, size_t size)
{
    enum credvault_status status = CREDVAULT_INTERNAL;

    assert_true(vault_try(command, input, size, &status));
    return status;
}

struct credvault_info vault_info(void)
{
    struct credvault_info info;

    assert_int_equal(vault_call(CREDVAULT_INFO, NULL, 0), CREDVAULT_SUCCESS);
    assert_int_equal(reply_size, sizeof(info));
    memcpy(&info, reply, sizeof(info));
    assert_int_equal(info.version, CREDVAULT_VERSION);
    assert_int_equal(info.state == CREDVAULT_OPEN, info.reason == CREDVAULT_REASON_NONE);
    return info;
}

void assert_open(void)
{
    assert_int_equal(vault_info().reason, CREDVAULT_REASON_NONE);
}

void assert_closed(enum credvault_reason reason)
{
    const uint32_t nothing = 0;

    assert_int_equal(vault_info().reason, reason);
    assert_int_equal(vault_call(CREDVAULT_LIST, &nothing, sizeof(nothing)), CREDVAULT_CLOSED);
}

uint32_t new_build(const struct new_parts *parts, uint8_t *request)
{
    struct credvault_new header = parts->header;
    const char *label = parts->label != NULL ? parts->label : "label";
    uint8_t *at = request + sizeof(header);

    header.label_size = (uint16_t)strlen(label);
    header.pin_size = parts->pin != NULL ? (uint16_t)strlen(parts->pin) : 0;
    header.secret_size = parts->secret_size;
    memcpy(request, &header, sizeof(header));
    memcpy(at, label, header.label_size);
    at += header.label_size;
    if (header.pin_size != 0) {
        memcpy(at, parts->pin, header.pin_size);
        at += header.pin_size;
    }
    if (header.secret_size != 0) {
        memcpy(at, parts->secret, header.secret_size);
    }
    return (uint32_t)(at - request) + header.secret_size;
}

enum credvault_status new_call(uint32_t command, const struct new_parts *parts)
{
    uint8_t request[TRUSTLET_MAX_INPUT];

    return vault_call(command, request, new_build(parts, request));
}

static uint32_t added(const struct new_parts *parts)
{
    struct credvault_added answer;

    assert_int_equal(new_call(CREDVAULT_ADD, parts), CREDVAULT_SUCCESS);
    assert_int_equal(reply_size, sizeof(answer));
    memcpy(&answer, reply, sizeof(answer));
    assert_int_equal(answer.public_key_size, 0);
    return answer.credential;
}

uint32_t add_hmac(const struct credvault_policy *policy, const char *pin)
{
    struct new_parts parts = { .header.type = CREDVAULT_SYMMETRIC, .pin = pin, .secret = test_key, .secret_size = 32 };

    if (policy != NULL) {
        parts.header.policy = *policy;
    }
    parts.header.policy.operations |= CREDVAULT_ALLOW_HMAC;
    return added(&parts);
}

uint32_t add_hotp(void)
{
    const struct new_parts parts = {
        .header = {
            .type = CREDVAULT_SYMMETRIC,
            .policy.operations = CREDVAULT_ALLOW_HOTP,
            .symmetric = { .hash = CREDVAULT_SHA1, .digits = 6, .counter = 7 },
        },
        .secret = test_key,
        .secret_size = 20,
    };

    return added(&parts);
}

uint32_t add_password(void)
{
    uint8_t secret[sizeof(struct credvault_password) + 64];
    const struct credvault_password header = { .user_size = 4, .domain_size = 6, .password_size = 8 };
    const struct new_parts parts = {
        .header = { .type = CREDVAULT_PASSWORD, .policy.operations = CREDVAULT_ALLOW_NTLMV2 | CREDVAULT_ALLOW_HMAC },
        .secret = secret,
        .secret_size = sizeof(header) + 18,
    };

    memcpy(secret, &header, sizeof(header));
    memcpy(secret + sizeof(header), "UserDomainPassword", 18);
    return added(&parts);
}

uint32_t add_wrapper(uint32_t operations, const uint8_t key[32])
{
    const struct new_parts parts = {
        .header = { .type = CREDVAULT_SYMMETRIC, .policy.operations = operations },
        .secret = key,
        .secret_size = 32,
    };

    return added(&parts);
}

enum credvault_status use_hmac(uint32_t credential)
{
    uint8_t request[sizeof(struct credvault_use) + 7];
    const struct credvault_use header = { .credential = credential };

    memcpy(request, &header, sizeof(header));
    memcpy(request + sizeof(header), "message", 7);
    return vault_call(CREDVAULT_HMAC_SHA256, request, sizeof(request));
}

enum credvault_status use_hotp(uint32_t credential, uint64_t *counter)
{
    const struct credvault_use request = { .credential = credential };
    enum credvault_status status = vault_call(CREDVAULT_HOTP, &request, sizeof(request));
    struct credvault_otp_reply answer;

    if (status == CREDVAULT_SUCCESS) {
        memcpy(&answer, reply, sizeof(answer));
        *counter = answer.counter;
    }
    return status;
}

enum credvault_status unlock(uint32_t credential, const char *pin)
{
    uint8_t request[sizeof(struct credvault_unlock) + CREDVAULT_MAX_PIN];
    const struct credvault_unlock header = { .credential = credential, .pin_size = (uint32_t)strlen(pin) };

    memcpy(request, &header, sizeof(header));
    memcpy(request + sizeof(header), pin, header.pin_size);
    return vault_call(CREDVAULT_UNLOCK, request, sizeof(header) + header.pin_size);
}

enum credvault_status remove_credential(uint32_t credential)
{
    return vault_call(CREDVAULT_REMOVE, &credential, sizeof(credential));
}

enum credvault_status restrict_to(uint32_t credential, const struct credvault_policy *policy)
{
    const struct credvault_restrict request = { .credential = credential, .policy = *policy };

    return vault_call(CREDVAULT_RESTRICT, &request, sizeof(request));
}

enum credvault_status reset_vault(void)
{
    const uint32_t word = CREDVAULT_RESET_WORD;

    return vault_call(CREDVAULT_RESET, &word, sizeof(word));
}

bool entry_of(uint32_t credential, struct credvault_entry *entry)
{
    const uint32_t above = credential - 1;

    assert_int_equal(vault_call(CREDVAULT_LIST, &above, sizeof(above)), CREDVAULT_SUCCESS);
    if (reply_size < sizeof(*entry)) {
        return false;
    }
    memcpy(entry, reply, sizeof(*entry));
    return entry->credential == credential;
}

uint32_t shown_code(void)
{
    unsigned code;

    assert_int_equal(sscanf(trustlet_last_line(), "confirm %6u: request ", &code), 1);
    return code;
}

enum credvault_status confirm(uint32_t code)
{
    return vault_call(CREDVAULT_CONFIRM, &code, sizeof(code));
}

enum credvault_status vault_agreed(uint32_t command, const void *request, uint32_t size)
{
    assert_int_equal(vault_call(command, request, size), CREDVAULT_CONFIRM_REQUIRED);
    assert_int_equal(confirm(shown_code()), CREDVAULT_SUCCESS);
    return vault_call(command, request, size);
}

void time_passes(uint64_t seconds)
{
    static uint64_t now;

    now += seconds * SECOND;
    trustlet_time(now);
}

uint64_t uses_of(uint32_t credential)
{
    struct credvault_entry entry;

    assert_true(entry_of(credential, &entry));
    return entry.uses;
}
