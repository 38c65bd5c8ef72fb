/* The verbs that use a credential, Kerberos apart. */
#include "vault_console.h"

#include <lib/string.h>

#include "../ntlm_client.h"

#define CLIENT_BLOB_SIZE 512u
#define AGREED_DEFAULT   32u
#define AGREED_MAX       64u

static uint32_t id_of(struct vault_line *line)
{
    return (uint32_t)vault_line_number(line, "id", UINT32_MAX);
}

/* A challenge and a client blob, the line's or our own: the server's part is played here then. */
struct response {
    uint8_t challenge[8];
    uint8_t own_blob[CLIENT_BLOB_SIZE];
    struct vault_bytes blob;
};

static bool make_response(struct vault_console *console, struct vault_bytes challenge, struct vault_bytes blob, struct response *response)
{
    static const struct ntlm_target target = {
        .domain = "OPENVSM", .computer = "RELYING", .dns_domain = "openvsm.example", .dns_computer = "relying.openvsm.example",
    };
    uint8_t random[8 + 8];

    if (!console->random(random, sizeof(random))) {
        return false;
    }
    memcpy(response->challenge, challenge.size == 8 ? challenge.at : random, 8);
    response->blob = blob;
    if (blob.at == NULL) {
        response->blob.at = response->own_blob;
        response->blob.size = ntlm_client_blob(&target, console->time(), random + 8, response->own_blob, CLIENT_BLOB_SIZE);
    }
    return true;
}

void vault_verb_respond(struct vault_console *console, struct vault_line *line)
{
    static struct response response;
    struct credvault_ntlmv2_reply reply;
    uint32_t id = id_of(line);
    struct vault_bytes challenge = vault_line_optional_bytes(line, "challenge", 8, 8);
    struct vault_bytes blob = vault_line_optional_bytes(line, "blob", 0, CREDVAULT_MAX_CLIENT_BLOB);

    if (!vault_tell_line_end(console, line)) {
        return;
    }
    if (!make_response(console, challenge, blob, &response)) {
        vault_tell(console, line, (struct vault_result){ VAULT_ORIGIN_VTL0, VAULT_NO_RANDOM });
        return;
    }
    if (vault_tell(console, line, vault_ntlmv2(&console->client, id, response.challenge, response.blob, &reply))) {
        vault_tell_bytes(console, "server_challenge", response.challenge, sizeof(response.challenge));
        vault_tell_bytes(console, "client_blob", response.blob.at, response.blob.size);
        vault_tell_bytes(console, "nt_proof_str", reply.nt_proof_str, sizeof(reply.nt_proof_str));
        vault_tell_bytes(console, "session_base_key", reply.session_base_key, sizeof(reply.session_base_key));
    }
    secure_zero(&reply, sizeof(reply));
}

void vault_verb_hmac(struct vault_console *console, struct vault_line *line)
{
    uint32_t id = id_of(line);
    struct vault_bytes message = vault_line_bytes(line, "message", 0, CREDVAULT_MAX_MESSAGE);
    uint8_t tag[32];

    if (vault_tell_line_end(console, line) && vault_tell(console, line, vault_hmac(&console->client, id, message, tag))) {
        vault_tell_bytes(console, "tag", tag, sizeof(tag));
    }
}

static void tell_code(struct vault_console *console, const struct credvault_otp_reply *reply)
{
    char text[9];
    uint32_t code = reply->code;

    for (uint32_t i = reply->digits; i-- > 0; code /= 10) {
        text[i] = (char)('0' + code % 10);
    }
    text[reply->digits] = '\0';
    vault_tell_word(console, "code", text);
    vault_tell_number(console, "counter", reply->counter);
    secure_zero(text, sizeof(text));
}

void vault_verb_otp(struct vault_console *console, struct vault_line *line)
{
    uint32_t id = id_of(line);
    struct credvault_otp_reply reply;
    struct credvault_entry entry;
    struct vault_result result;

    if (!vault_tell_line_end(console, line)) {
        return;
    }
    result = vault_entry(&console->client, id, &entry);
    if (vault_succeeded(result)) {
        bool hotp = (entry.policy.operations & CREDVAULT_ALLOW_HOTP) != 0;

        result = vault_otp(&console->client, hotp ? CREDVAULT_HOTP : CREDVAULT_TOTP, id, &reply);
    }
    if (vault_tell(console, line, result)) {
        tell_code(console, &reply);
    }
    secure_zero(&reply, sizeof(reply));
}

/* The one that keys of the type sign with, unless the line says another. */
static uint32_t algorithm_of(uint32_t type)
{
    switch (type) {
    case CREDVAULT_P256:
        return CREDVAULT_ECDSA_SHA256;
    case CREDVAULT_P384:
        return CREDVAULT_ECDSA_SHA384;
    case CREDVAULT_ED25519:
        return CREDVAULT_ED25519_PURE;
    default:
        return CREDVAULT_RSA_PSS_SHA256;
    }
}

/* "ecdsa" is by the curve; the other names are an algorithm each. 0: by the type alone. */
static uint32_t algorithm_word(struct vault_line *line)
{
    static const struct vault_name names[] = {
        { "ecdsa", 0 }, { "ed25519", CREDVAULT_ED25519_PURE }, { "pss", CREDVAULT_RSA_PSS_SHA256 }, { "pkcs1", CREDVAULT_RSA_PKCS1_SHA256 },
        { NULL, 0 },
    };

    return vault_line_optional_name(line, "algorithm", names, 0);
}

void vault_verb_sign(struct vault_console *console, struct vault_line *line)
{
    static uint8_t bytes[CREDVAULT_MAX_PUBLIC];
    struct vault_room signature = { .at = bytes, .capacity = sizeof(bytes) };
    struct credvault_sign sign = { .credential = id_of(line), .algorithm = algorithm_word(line) };
    struct vault_bytes message = vault_line_bytes(line, "message", 0, CREDVAULT_MAX_MESSAGE);
    struct vault_result result = { VAULT_ORIGIN_VAULT, CREDVAULT_SUCCESS };
    struct credvault_entry entry;

    sign.flags = vault_line_yes(line, "hashed") ? CREDVAULT_SIGN_HASHED : 0;
    if (!vault_tell_line_end(console, line)) {
        return;
    }
    if (sign.algorithm == 0) {
        result = vault_entry(&console->client, sign.credential, &entry);
        sign.algorithm = algorithm_of(vault_succeeded(result) ? entry.type : 0);
    }
    if (vault_succeeded(result)) {
        result = vault_sign(&console->client, &sign, message, &signature);
    }
    if (vault_tell(console, line, result)) {
        vault_tell_word(console, "algorithm", vault_name_of(vault_algorithms, sign.algorithm));
        vault_tell_bytes(console, "signature", signature.at, signature.size);
    }
}

void vault_verb_agree(struct vault_console *console, struct vault_line *line)
{
    uint8_t bytes[AGREED_MAX];
    struct vault_room key = { .at = bytes, .capacity = sizeof(bytes) };
    struct credvault_agree agree = { .credential = id_of(line) };
    struct vault_bytes peer = vault_line_bytes(line, "peer", 1, CREDVAULT_MAX_PUBLIC);
    struct vault_bytes info = vault_line_optional_bytes(line, "info", 0, CREDVAULT_MAX_INFO);

    agree.out_size = (uint32_t)vault_line_optional_number(line, "size", UINT32_MAX, AGREED_DEFAULT);
    if (vault_tell_line_end(console, line) && vault_tell(console, line, vault_agree(&console->client, &agree, peer, info, &key))) {
        vault_tell_bytes(console, "key", key.at, key.size);
    }
    secure_zero(bytes, sizeof(bytes));
}

void vault_verb_wrap(struct vault_console *console, struct vault_line *line)
{
    static uint8_t bytes[VAULT_DATA_SIZE];
    struct vault_room wrapped = { .at = bytes, .capacity = sizeof(bytes) };
    uint32_t id = id_of(line);
    uint32_t target = (uint32_t)vault_line_number(line, "target", UINT32_MAX);

    if (vault_tell_line_end(console, line) && vault_tell(console, line, vault_wrap(&console->client, id, target, &wrapped))) {
        vault_tell_bytes(console, "wrapped", wrapped.at, wrapped.size);
    }
}
