/* The verbs of Kerberos (RFC 4120). */
#include "vault_console.h"

#include <lib/string.h>

#define UNITS_A_SECOND   UINT64_C(10000000)
#define UNIX_EPOCH       UINT64_C(116444736000000000) /* 1970-01-01 UTC as FILETIME */
#define MICROSECONDS_MAX 999999u

static uint8_t bytes[VAULT_DATA_SIZE]; /* one line at a time */

static uint32_t small(struct vault_line *line, const char *key)
{
    return (uint32_t)vault_line_number(line, key, UINT32_MAX);
}

void vault_verb_preauth(struct vault_console *console, struct vault_line *line)
{
    struct vault_room cipher = { .at = bytes, .capacity = sizeof(bytes) };
    const struct credvault_kerberos_preauth preauth = {
        .credential = small(line, "id"),
        .etype = small(line, "etype"),
        .time = vault_line_optional_number(line, "time", UINT64_MAX, (console->time() - UNIX_EPOCH) / UNITS_A_SECOND),
        .microseconds = (uint32_t)vault_line_optional_number(line, "usec", MICROSECONDS_MAX, 0),
    };

    if (vault_tell_line_end(console, line) && vault_tell(console, line, vault_preauth(&console->client, &preauth, &cipher))) {
        vault_tell_number(console, "time", preauth.time);
        vault_tell_number(console, "usec", preauth.microseconds);
        vault_tell_bytes(console, "cipher", cipher.at, cipher.size);
    }
}

static void kdc_reply(struct vault_console *console, struct vault_line *line, enum credvault_command command, uint32_t with)
{
    struct vault_room der = { .at = bytes, .capacity = sizeof(bytes) };
    uint32_t etype = small(line, "etype");
    struct vault_bytes cipher = vault_line_bytes(line, "cipher", 0, CREDVAULT_MAX_MESSAGE);
    struct credvault_kerberos_reply reply;

    if (vault_tell_line_end(console, line) &&
        vault_tell(console, line, vault_kdc_reply(&console->client, command, with, etype, cipher, &reply, &der))) {
        vault_tell_number(console, "key", reply.key);
        vault_tell_number(console, "key_etype", reply.etype);
        vault_tell_number(console, "key_offset", reply.key_offset);
        vault_tell_bytes(console, "part", der.at, der.size);
    }
}

void vault_verb_as_rep(struct vault_console *console, struct vault_line *line)
{
    kdc_reply(console, line, CREDVAULT_KERBEROS_AS_REP, small(line, "id"));
}

void vault_verb_tgs_rep(struct vault_console *console, struct vault_line *line)
{
    kdc_reply(console, line, CREDVAULT_KERBEROS_TGS_REP, small(line, "key"));
}

static void kerberos_data(struct vault_console *console, struct vault_line *line, enum credvault_command command, const char *name)
{
    struct vault_room out = { .at = bytes, .capacity = sizeof(bytes) };
    uint32_t key = small(line, "key"), usage = small(line, "usage");
    struct vault_bytes data = vault_line_bytes(line, "data", 0, CREDVAULT_MAX_MESSAGE);

    if (vault_tell_line_end(console, line) &&
        vault_tell(console, line, vault_kerberos_data(&console->client, command, key, usage, data, &out))) {
        vault_tell_bytes(console, name, out.at, out.size);
    }
}

void vault_verb_authenticator(struct vault_console *console, struct vault_line *line)
{
    kerberos_data(console, line, CREDVAULT_KERBEROS_AUTHENTICATOR, "cipher");
}

void vault_verb_checksum(struct vault_console *console, struct vault_line *line)
{
    kerberos_data(console, line, CREDVAULT_KERBEROS_CHECKSUM, "checksum");
}
