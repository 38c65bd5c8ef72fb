/* The demo's credentials answer. */
#include "lsass.h"

#include <lib/string.h>

#include "calls.h"
#include "ntlm_client.h"

#define CLIENT_BLOB_SIZE 512u
#define MESSAGE_SIZE     32u
#define CIPHER_SIZE      256u
#define ETYPE            18u /* aes256-cts-hmac-sha1-96 */
#define ITERATIONS       4096u
#define UNITS_A_SECOND   UINT64_C(10000000)
#define UNIX_EPOCH       UINT64_C(116444736000000000)

static struct vault_client *const client = &lsass.console.client;

static bool fill(uint8_t *to, size_t size)
{
    if (!random_bytes(to, size)) {
        print("error: lsass: the processor gives no random numbers\n");
        return false;
    }
    return true;
}

static void field(const char *name, const void *bytes, size_t size)
{
    print(" %s=", name);
    print_hex(bytes, size);
}

/* The server's part is played here: a random challenge and a target of that name. */
int64_t lsass_demo_ntlmv2(char *argument)
{
    static const struct ntlm_target target = {
        .domain = "OPENVSM", .computer = "RELYING", .dns_domain = "openvsm.example", .dns_computer = "relying.openvsm.example",
    };
    static uint8_t blob[CLIENT_BLOB_SIZE];
    uint8_t random[16];
    struct credvault_ntlmv2_reply reply;
    size_t size;

    (void)argument;
    if (!fill(random, sizeof(random))) {
        return 1;
    }
    size = ntlm_client_blob(&target, user_time(), random + 8, blob, sizeof(blob));
    if (!lsass_succeeded(vault_ntlmv2(client, lsass.password, random, (struct vault_bytes){ blob, size }, &reply),
                         "does not answer the NTLMv2 challenge")) {
        return 1;
    }
    print("@openvsm ntlmv2");
    field("server_challenge", random, 8);
    field("client_blob", blob, size);
    field("nt_proof_str", reply.nt_proof_str, sizeof(reply.nt_proof_str));
    field("session_base_key", reply.session_base_key, sizeof(reply.session_base_key));
    print("\n");
    return 0;
}

int64_t lsass_demo_hmac(char *argument)
{
    uint8_t message[MESSAGE_SIZE], tag[32];

    (void)argument;
    if (!fill(message, sizeof(message)) ||
        !lsass_succeeded(vault_hmac(client, lsass.password, (struct vault_bytes){ message, sizeof(message) }, tag),
                         "does not answer the HMAC challenge")) {
        return 1;
    }
    print("@openvsm hmac");
    field("message", message, sizeof(message));
    field("tag", tag, sizeof(tag));
    print("\n");
    return 0;
}

static bool sign(uint32_t credential, uint32_t algorithm)
{
    const struct credvault_sign request = { .credential = credential, .algorithm = algorithm };
    static uint8_t key[CREDVAULT_MAX_PUBLIC], signature[CREDVAULT_MAX_PUBLIC];
    struct vault_room public_key = { .at = key, .capacity = sizeof(key) }, signed_by = { .at = signature, .capacity = sizeof(signature) };
    uint8_t message[MESSAGE_SIZE];

    if (!fill(message, sizeof(message)) || !lsass_succeeded(vault_public_key(client, credential, &public_key), "has no public key") ||
        !lsass_succeeded(vault_sign(client, &request, (struct vault_bytes){ message, sizeof(message) }, &signed_by), "does not sign")) {
        return false;
    }
    print("@openvsm sign credential=%u algorithm=%s", credential, vault_name_of(vault_algorithms, algorithm));
    field("message", message, sizeof(message));
    field("public", public_key.at, public_key.size);
    field("signature", signed_by.at, signed_by.size);
    print("\n");
    return true;
}

int64_t lsass_demo_sign(char *argument)
{
    (void)argument;
    return sign(lsass.ed25519, CREDVAULT_ED25519_PURE) && sign(lsass.p256, CREDVAULT_ECDSA_SHA256) ? 0 : 1;
}

int64_t lsass_demo_preauth(char *argument)
{
    uint64_t now = user_time() - UNIX_EPOCH;
    const struct credvault_kerberos_preauth request = {
        .credential = lsass.password, .etype = ETYPE, .time = now / UNITS_A_SECOND, .microseconds = (uint32_t)(now % UNITS_A_SECOND / 10),
    };
    uint8_t bytes[CIPHER_SIZE];
    struct vault_room cipher = { .at = bytes, .capacity = sizeof(bytes) };

    (void)argument;
    if (!lsass_succeeded(vault_preauth(client, &request, &cipher), "does not pre-authenticate")) {
        return 1;
    }
    print("@openvsm preauth etype=%u time=%lu usec=%u iterations=%u", request.etype, request.time, request.microseconds, ITERATIONS);
    field("salt", lsass.salt, lsass.salt_size);
    field("cipher", cipher.at, cipher.size);
    print("\n");
    return 0;
}

/* Whatever the request holds. */
int64_t lsass_demo_weak(char *argument)
{
    static const struct {
        const char *name;
        uint32_t command;
    } rows[] = { { "ntlmv1", CREDVAULT_NTLMV1 }, { "mschapv2", CREDVAULT_MSCHAPV2 }, { "rsa-raw", CREDVAULT_RSA_RAW } };
    bool good = true;

    (void)argument;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct credvault_use use = { .credential = lsass.password };
        uint8_t byte;
        struct vault_room reply = { .at = &byte, .capacity = 0 };
        const struct vault_bytes data = { (const uint8_t *)&use, sizeof(use) };

        good = lsass_refused(rows[i].name, vault_raw(client, rows[i].command, data, &reply), CREDVAULT_WEAK) && good;
    }
    return good ? 0 : 1;
}
