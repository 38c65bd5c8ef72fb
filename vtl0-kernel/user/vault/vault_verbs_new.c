/* The verbs that bring a credential into the vault. */
#include "vault_console.h"

#include <lib/string.h>

#include "vault_policy.h"

#define DEFAULT_DIGITS 6u
#define DEFAULT_STEP   30u

/* What a symmetric key is for: hash, digits, step, counter belong to one-time passwords. */
static struct credvault_symmetric take_symmetric(struct vault_line *line, uint32_t operations)
{
    struct credvault_symmetric symmetric = { 0 };
    bool hotp = (operations & CREDVAULT_ALLOW_HOTP) != 0, totp = (operations & CREDVAULT_ALLOW_TOTP) != 0;

    if (hotp || totp) {
        symmetric.hash = vault_line_optional_name(line, "hash", vault_hashes, CREDVAULT_SHA1);
        symmetric.digits = (uint32_t)vault_line_optional_number(line, "digits", UINT32_MAX, DEFAULT_DIGITS);
    }
    if (totp) {
        symmetric.step = (uint32_t)vault_line_optional_number(line, "step", UINT32_MAX, DEFAULT_STEP);
    }
    if (hotp) {
        symmetric.counter = vault_line_optional_number(line, "counter", UINT64_MAX, 0);
    }
    return symmetric;
}

/* Type, label, policy and, of a symmetric key, what it is for. */
static void take_new(struct vault_line *line, struct vault_new *new_one)
{
    *new_one = (struct vault_new){ .type = vault_line_name(line, "type", vault_types) };
    new_one->label = vault_line_bytes(line, "label", 1, CREDVAULT_MAX_LABEL);
    new_one->policy = vault_policy_new(line, new_one->type, &new_one->pin);
    if (new_one->type == CREDVAULT_SYMMETRIC) {
        new_one->symmetric = take_symmetric(line, new_one->policy.operations);
    }
}

static void tell_added(struct vault_console *console, struct vault_line *line, struct vault_result result, const struct vault_added *added)
{
    if (!vault_tell(console, line, result)) {
        return;
    }
    vault_tell_number(console, "credential", added->credential);
    if (added->public_key_size > 0) {
        vault_tell_bytes(console, "public_key", added->public_key, added->public_key_size);
    }
}

static void add_password(struct vault_console *console, struct vault_line *line, const struct vault_new *new_one)
{
    const struct vault_password password = {
        .user = vault_line_bytes(line, "user", 1, CREDVAULT_MAX_USER),
        .domain = vault_line_optional_bytes(line, "domain", 0, CREDVAULT_MAX_DOMAIN),
        .password = vault_line_bytes(line, "password", 0, CREDVAULT_MAX_PASSWORD),
        .salt = vault_line_optional_bytes(line, "salt", 0, CREDVAULT_MAX_SALT),
        .iterations_sha1 = (uint32_t)vault_line_optional_number(line, "iterations1", UINT32_MAX, 0),
        .iterations_sha2 = (uint32_t)vault_line_optional_number(line, "iterations2", UINT32_MAX, 0),
    };
    struct vault_added added;

    if (vault_tell_line_end(console, line)) {
        tell_added(console, line, vault_add_password(&console->client, new_one, &password, &added), &added);
    }
}

static void add_key(struct vault_console *console, struct vault_line *line, struct vault_new *new_one)
{
    struct vault_added added;

    new_one->secret = vault_line_bytes(line, "key", 1, CREDVAULT_MAX_SECRET);
    if (vault_tell_line_end(console, line)) {
        tell_added(console, line, vault_add(&console->client, new_one, &added), &added);
    }
}

void vault_verb_add(struct vault_console *console, struct vault_line *line)
{
    struct vault_new new_one;

    take_new(line, &new_one);
    if (new_one.type == CREDVAULT_PASSWORD) {
        add_password(console, line, &new_one);
    } else {
        add_key(console, line, &new_one);
    }
}

void vault_verb_generate(struct vault_console *console, struct vault_line *line)
{
    struct vault_new new_one;
    struct vault_added added;

    take_new(line, &new_one);
    if (new_one.type == CREDVAULT_SYMMETRIC) {
        new_one.symmetric.size = (uint32_t)vault_line_optional_number(line, "size", UINT32_MAX, 32);
    }
    if (vault_tell_line_end(console, line)) {
        tell_added(console, line, vault_generate(&console->client, &new_one, &added), &added);
    }
}

void vault_verb_import(struct vault_console *console, struct vault_line *line)
{
    struct vault_new new_one;
    struct vault_added added;

    take_new(line, &new_one);
    new_one.wrapped_by = (uint32_t)vault_line_number(line, "by", UINT32_MAX);
    new_one.wrapping = vault_line_optional_name(line, "wrapping", vault_wrappings, CREDVAULT_RFC5649);
    new_one.secret = vault_line_bytes(line, "wrapped", 1, VAULT_DATA_SIZE);
    if (vault_tell_line_end(console, line)) {
        tell_added(console, line, vault_import(&console->client, &new_one, &added), &added);
    }
}
