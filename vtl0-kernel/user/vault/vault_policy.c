#include "vault_policy.h"

#define DEFAULT_TRIES 5u

uint32_t vault_default_operations(uint32_t type)
{
    switch (type) {
    case CREDVAULT_PASSWORD:
        return CREDVAULT_ALLOW_NTLMV2 | CREDVAULT_ALLOW_KERBEROS | CREDVAULT_ALLOW_HMAC;
    case CREDVAULT_P256:
    case CREDVAULT_P384:
        return CREDVAULT_ALLOW_SIGN | CREDVAULT_ALLOW_AGREE;
    case CREDVAULT_ED25519:
    case CREDVAULT_RSA_2048:
    case CREDVAULT_RSA_3072:
        return CREDVAULT_ALLOW_SIGN;
    default:
        return 0;
    }
}

static void take_limits(struct vault_line *line, struct credvault_policy *policy)
{
    policy->max_uses = vault_line_optional_number(line, "uses", UINT64_MAX, policy->max_uses);
    policy->expires = vault_line_optional_number(line, "expires", UINT64_MAX, policy->expires);
    if (vault_line_has(line, "rate")) {
        vault_line_pair(line, "rate", &policy->rate_uses, &policy->rate_seconds);
    }
    if (vault_line_yes(line, "confirm")) {
        policy->flags |= CREDVAULT_POLICY_CONFIRM;
    }
}

struct credvault_policy vault_policy_new(struct vault_line *line, uint32_t type, struct vault_bytes *pin)
{
    struct credvault_policy policy = { .operations = vault_default_operations(type) };

    if (vault_line_has(line, "allow") || policy.operations == 0) {
        policy.operations = vault_line_set(line, "allow", vault_operations);
    }
    *pin = vault_line_optional_bytes(line, "pin", CREDVAULT_MIN_PIN, CREDVAULT_MAX_PIN);
    if (pin->size > 0) {
        policy.flags |= CREDVAULT_POLICY_PIN;
        policy.pin_tries = (uint32_t)vault_line_optional_number(line, "tries", CREDVAULT_MAX_PIN_TRIES, DEFAULT_TRIES);
    }
    take_limits(line, &policy);
    return policy;
}

struct credvault_policy vault_policy_tighter(struct vault_line *line, const struct credvault_policy *now)
{
    struct credvault_policy policy = *now;

    if (vault_line_has(line, "allow")) {
        policy.operations = vault_line_set(line, "allow", vault_operations);
    }
    take_limits(line, &policy);
    return policy;
}

bool vault_policy_given(struct vault_line *line)
{
    static const char *const keys[] = { "allow", "uses", "rate", "expires", "confirm" };
    bool given = false;

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        given = vault_line_has(line, keys[i]) || given;
    }
    return given;
}
