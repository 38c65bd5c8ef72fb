/*
 * The client's side of the credential vault (abi/credvault.h): one function a command. Each builds the request, sends it, checks
 * the reply completely and wipes both. Whoever answers is believed in nothing: sizes and numbers that a vault cannot give are
 * VAULT_REPLY_BAD. Outputs are written on success only. Knows nothing of how a request gets to VTL1, so it runs on a host too.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/credvault.h>
#include <abi/secure_call.h>

#define VAULT_DATA_SIZE (SECURE_CALL_DATA_SIZE - sizeof(struct secure_invoke)) /* bytes of a request, and of a reply */

enum vault_origin {
    VAULT_ORIGIN_VAULT,         /* status is enum credvault_status */
    VAULT_ORIGIN_SECURE_KERNEL, /* status is enum secure_status: the secure call did not get through */
    VAULT_ORIGIN_VTL0,          /* status is enum vault_client_status: it never came to a call, or the reply is no reply */
};

enum vault_client_status {
    VAULT_LINE_BAD = 1,     /* what the console was told is no request (vault_line.h has the reasons) */
    VAULT_UNREACHABLE = 2,  /* this machine has no VTL1 */
    VAULT_TOO_LONG = 3,     /* more than fits a request */
    VAULT_REPLY_BAD = 4,    /* not what a vault answers */
    VAULT_NO_RANDOM = 5,    /* the processor gives no random bytes for a challenge */
    VAULT_AUDIT_BROKEN = 6, /* the audit log is not what the vault signed */
};

/* How a request ended, and whose word that is. Success is CREDVAULT_SUCCESS by the vault. */
struct vault_result {
    enum vault_origin origin;
    uint32_t status;
};

static inline bool vault_succeeded(struct vault_result result)
{
    return result.origin == VAULT_ORIGIN_VAULT && result.status == CREDVAULT_SUCCESS;
}

/* One command on its way. */
struct vault_exchange {
    uint32_t command;
    const uint8_t *input;
    size_t input_size;
    uint8_t *output;
    size_t capacity;
    uint32_t secure_status; /* out: enum secure_status */
    uint32_t status;        /* out: the vault's, when secure_status is 0 */
    size_t output_size;     /* out */
};

/* Carries it to the vault and back. False: there is nobody to carry it to. */
typedef bool vault_transport(void *context, struct vault_exchange *exchange);

/* One caller at a time. transport and context are the owner's to set; the rest is zero between calls. */
struct vault_client {
    vault_transport *transport;
    void *context;
    uint8_t request[VAULT_DATA_SIZE];
    uint8_t reply[VAULT_DATA_SIZE];
    size_t request_size;
    size_t reply_size;
    bool too_long;
};

/* Bytes of the caller's, read only. */
struct vault_bytes {
    const uint8_t *at;
    size_t size;
};

/* Room of the caller's; size is what was written. A reply that does not fit is VAULT_REPLY_BAD. */
struct vault_room {
    uint8_t *at;
    size_t capacity;
    size_t size;
};

/* What ADD, GENERATE and IMPORT say of a new credential. */
struct vault_new {
    uint32_t type; /* enum credvault_type */
    struct vault_bytes label, pin, secret;
    uint32_t wrapped_by, wrapping; /* IMPORT */
    struct credvault_policy policy;
    struct credvault_symmetric symmetric;
};

/* The secret of a PASSWORD. */
struct vault_password {
    struct vault_bytes user, domain, password, salt;
    uint32_t iterations_sha1, iterations_sha2; /* 0: the defaults */
};

struct vault_added {
    uint32_t credential;
    uint8_t public_key[CREDVAULT_MAX_PUBLIC];
    size_t public_key_size;
};

/* The vault itself (vault_client.c). */
struct vault_result vault_info(struct vault_client *client, struct credvault_info *info);
struct vault_result vault_reset(struct vault_client *client);

/* Those with numbers above after, ascending: as many as fit capacity and a reply. *count 0: no more. */
struct vault_result vault_list(struct vault_client *client, uint32_t after, struct credvault_entry *entries, size_t capacity,
                               size_t *count);

/* One of them, by its number. */
struct vault_result vault_entry(struct vault_client *client, uint32_t credential, struct credvault_entry *entry);
struct vault_result vault_public_key(struct vault_client *client, uint32_t credential, struct vault_room *key);

/* entries: room for CREDVAULT_AUDIT_PAGE; those of the page that is not full. Signature and chain are not checked here. */
struct vault_result vault_audit(struct vault_client *client, const uint8_t challenge[32], struct credvault_audit *audit,
                                struct credvault_audit_entry *entries);

/* Any command, any bytes. */
struct vault_result vault_raw(struct vault_client *client, uint32_t command, struct vault_bytes data, struct vault_room *reply);

/* Credentials come, change and go (vault_client_credentials.c). */
struct vault_result vault_add(struct vault_client *client, const struct vault_new *new_one, struct vault_added *added);
struct vault_result vault_add_password(struct vault_client *client, const struct vault_new *new_one, const struct vault_password *password,
                                       struct vault_added *added);
struct vault_result vault_generate(struct vault_client *client, const struct vault_new *new_one, struct vault_added *added);
struct vault_result vault_import(struct vault_client *client, const struct vault_new *new_one, struct vault_added *added);
struct vault_result vault_remove(struct vault_client *client, uint32_t credential);
struct vault_result vault_restrict(struct vault_client *client, uint32_t credential, const struct credvault_policy *policy);
struct vault_result vault_unlock(struct vault_client *client, uint32_t credential, struct vault_bytes pin);
struct vault_result vault_confirm(struct vault_client *client, uint32_t code);

/* Uses (vault_client_use.c). */
struct vault_result vault_ntlmv2(struct vault_client *client, uint32_t credential, const uint8_t challenge[8],
                                 struct vault_bytes client_blob, struct credvault_ntlmv2_reply *reply);
struct vault_result vault_hmac(struct vault_client *client, uint32_t credential, struct vault_bytes message, uint8_t tag[32]);

/* command: CREDVAULT_HOTP or CREDVAULT_TOTP. */
struct vault_result vault_otp(struct vault_client *client, enum credvault_command command, uint32_t credential,
                              struct credvault_otp_reply *reply);
struct vault_result vault_sign(struct vault_client *client, const struct credvault_sign *sign, struct vault_bytes message,
                               struct vault_room *signature);
struct vault_result vault_agree(struct vault_client *client, const struct credvault_agree *agree, struct vault_bytes peer,
                                struct vault_bytes info, struct vault_room *key);
struct vault_result vault_wrap(struct vault_client *client, uint32_t credential, uint32_t target, struct vault_room *wrapped);
struct vault_result vault_preauth(struct vault_client *client, const struct credvault_kerberos_preauth *preauth, struct vault_room *cipher);

/* command: CREDVAULT_KERBEROS_AS_REP or CREDVAULT_KERBEROS_TGS_REP; credential: of the latter, a session key. */
struct vault_result vault_kdc_reply(struct vault_client *client, enum credvault_command command, uint32_t credential, uint32_t etype,
                                    struct vault_bytes cipher, struct credvault_kerberos_reply *reply, struct vault_room *der);

/* command: CREDVAULT_KERBEROS_AUTHENTICATOR or CREDVAULT_KERBEROS_CHECKSUM. */
struct vault_result vault_kerberos_data(struct vault_client *client, enum credvault_command command, uint32_t key, uint32_t usage,
                                        struct vault_bytes data, struct vault_room *out);
