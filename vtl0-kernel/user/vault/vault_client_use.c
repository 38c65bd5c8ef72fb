#include "vault_client.h"

#include <lib/string.h>

#include "vault_exchange.h"

struct vault_result vault_ntlmv2(struct vault_client *client, uint32_t credential, const uint8_t challenge[8],
                                 struct vault_bytes client_blob, struct credvault_ntlmv2_reply *reply)
{
    struct credvault_ntlmv2 header = { .credential = credential, .client_blob_size = (uint32_t)client_blob.size };
    struct vault_result result;
    bool good;

    memcpy(header.server_challenge, challenge, sizeof(header.server_challenge));
    request_begin(client);
    request_put(client, &header, sizeof(header));
    request_put_bytes(client, client_blob);
    result = request_send(client, CREDVAULT_NTLMV2);
    good = reply_is(client, reply, sizeof(*reply));
    return reply_end(client, result, good);
}

static void put_use(struct vault_client *client, uint32_t credential)
{
    const struct credvault_use use = { .credential = credential };

    request_begin(client);
    request_put(client, &use, sizeof(use));
}

struct vault_result vault_hmac(struct vault_client *client, uint32_t credential, struct vault_bytes message, uint8_t tag[32])
{
    struct vault_result result;
    bool good;

    put_use(client, credential);
    request_put_bytes(client, message);
    result = request_send(client, CREDVAULT_HMAC_SHA256);
    good = reply_is(client, tag, 32);
    return reply_end(client, result, good);
}

static bool otp_is_good(const struct credvault_otp_reply *reply)
{
    uint32_t limit = 1;

    if (reply->digits < 6 || reply->digits > 8) {
        return false;
    }
    for (uint32_t i = 0; i < reply->digits; i++) {
        limit *= 10;
    }
    return reply->code < limit;
}

struct vault_result vault_otp(struct vault_client *client, enum credvault_command command, uint32_t credential,
                              struct credvault_otp_reply *reply)
{
    struct credvault_otp_reply got;
    struct vault_result result;
    bool good;

    put_use(client, credential);
    result = request_send(client, command);
    good = reply_is(client, &got, sizeof(got)) && otp_is_good(&got);
    if (good) {
        *reply = got;
    }
    secure_zero(&got, sizeof(got));
    return reply_end(client, result, good);
}

static bool is_signature_size(uint32_t algorithm, size_t size)
{
    switch (algorithm) {
    case CREDVAULT_ECDSA_SHA256:
    case CREDVAULT_ED25519_PURE:
        return size == 64;
    case CREDVAULT_ECDSA_SHA384:
        return size == 96;
    default:
        return size == 256 || size == 384; /* RSA's modulus */
    }
}

struct vault_result vault_sign(struct vault_client *client, const struct credvault_sign *sign, struct vault_bytes message,
                               struct vault_room *signature)
{
    struct credvault_sign header = *sign;
    struct vault_result result;
    bool good;

    header.size = (uint32_t)message.size;
    request_begin(client);
    request_put(client, &header, sizeof(header));
    request_put_bytes(client, message);
    result = request_send(client, CREDVAULT_SIGN);
    good = is_signature_size(sign->algorithm, client->reply_size) && reply_take(client, signature, 1);
    return reply_end(client, result, good);
}

struct vault_result vault_agree(struct vault_client *client, const struct credvault_agree *agree, struct vault_bytes peer,
                                struct vault_bytes info, struct vault_room *key)
{
    struct credvault_agree header = *agree;
    struct vault_result result;
    bool good;

    header.peer_size = (uint32_t)peer.size;
    header.info_size = (uint32_t)info.size;
    request_begin(client);
    request_put(client, &header, sizeof(header));
    request_put_bytes(client, peer);
    request_put_bytes(client, info);
    result = request_send(client, CREDVAULT_AGREE);
    good = client->reply_size == agree->out_size && reply_take(client, key, 1);
    return reply_end(client, result, good);
}

struct vault_result vault_wrap(struct vault_client *client, uint32_t credential, uint32_t target, struct vault_room *wrapped)
{
    const struct credvault_wrap wrap = { .credential = credential, .target = target };
    struct vault_result result;
    bool good;

    request_begin(client);
    request_put(client, &wrap, sizeof(wrap));
    result = request_send(client, CREDVAULT_WRAP);
    good = client->reply_size % 8 == 0 && reply_take(client, wrapped, 16);
    return reply_end(client, result, good);
}

struct vault_result vault_preauth(struct vault_client *client, const struct credvault_kerberos_preauth *preauth, struct vault_room *cipher)
{
    struct vault_result result;
    bool good;

    request_begin(client);
    request_put(client, preauth, sizeof(*preauth));
    result = request_send(client, CREDVAULT_KERBEROS_PREAUTH);
    good = reply_take(client, cipher, 1);
    return reply_end(client, result, good);
}

/* Bytes of a key: RFC 3962's and RFC 8009's; 0: no such encryption type. */
static uint32_t key_size(uint32_t etype)
{
    static const uint32_t sizes[] = { 16, 32, 16, 32 };

    return etype >= 17 && etype <= 20 ? sizes[etype - 17] : 0;
}

/* The header, and all its bytes of DER, with the zeroed key inside them. */
static bool take_kdc_reply(const struct vault_client *client, struct credvault_kerberos_reply *reply, struct vault_room *der)
{
    struct credvault_kerberos_reply header;
    uint32_t key;

    if (client->reply_size < sizeof(header)) {
        return false;
    }
    memcpy(&header, client->reply, sizeof(header));
    key = key_size(header.etype);
    if (header.key == 0 || key == 0 || header.size != client->reply_size - sizeof(header) || header.size > der->capacity ||
        header.size < key || header.key_offset > header.size - key) {
        return false;
    }
    memcpy(der->at, client->reply + sizeof(header), header.size);
    der->size = header.size;
    *reply = header;
    return true;
}

struct vault_result vault_kdc_reply(struct vault_client *client, enum credvault_command command, uint32_t credential, uint32_t etype,
                                    struct vault_bytes cipher, struct credvault_kerberos_reply *reply, struct vault_room *der)
{
    const struct credvault_kerberos_rep header = { .credential = credential, .etype = etype, .cipher_size = (uint32_t)cipher.size };
    struct vault_result result;
    bool good;

    request_begin(client);
    request_put(client, &header, sizeof(header));
    request_put_bytes(client, cipher);
    result = request_send(client, command);
    good = take_kdc_reply(client, reply, der);
    return reply_end(client, result, good);
}

struct vault_result vault_kerberos_data(struct vault_client *client, enum credvault_command command, uint32_t key, uint32_t usage,
                                        struct vault_bytes data, struct vault_room *out)
{
    const struct credvault_kerberos_data header = { .key = key, .usage = usage, .size = (uint32_t)data.size };
    struct vault_result result;
    bool good;

    request_begin(client);
    request_put(client, &header, sizeof(header));
    request_put_bytes(client, data);
    result = request_send(client, command);
    good = reply_take(client, out, 1);
    return reply_end(client, result, good);
}
