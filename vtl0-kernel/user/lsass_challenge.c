#include "lsass.h"

#include <lib/string.h>

#include "calls.h"
#include "ntlm_client.h"

#define CLIENT_BLOB_SIZE 512u
#define MESSAGE_SIZE     32u
#define TAG_SIZE         32u

struct ntlm_request {
    struct credvault_ntlmv2 header;
    uint8_t client_blob[CLIENT_BLOB_SIZE];
};

struct hmac_request {
    struct credvault_hmac header;
    uint8_t message[MESSAGE_SIZE];
};

static void print_ntlm(const struct ntlm_request *request, const struct credvault_ntlmv2_reply *reply)
{
    print("@openvsm ntlmv2 server_challenge=");
    print_hex(request->header.server_challenge, sizeof(request->header.server_challenge));
    print(" client_blob=");
    print_hex(request->client_blob, request->header.client_blob_size);
    print(" nt_proof_str=");
    print_hex(reply->nt_proof_str, sizeof(reply->nt_proof_str));
    print(" session_base_key=");
    print_hex(reply->session_base_key, sizeof(reply->session_base_key));
    print("\n");
}

/* The server's part is played here: a random challenge and a target of that name. */
static bool build_ntlm(struct ntlm_request *request)
{
    struct ntlm_target target = {
        .domain = "OPENVSM", .computer = "RELYING", .dns_domain = "openvsm.example",
        .dns_computer = "relying.openvsm.example",
    };
    uint8_t client_challenge[8];

    if (!random_bytes(client_challenge, sizeof(client_challenge)) ||
        !random_bytes(request->header.server_challenge, sizeof(request->header.server_challenge))) {
        return false;
    }
    request->header.slot = lsass.slot;
    request->header.client_blob_size =
        (uint32_t)ntlm_client_blob(&target, user_time(), client_challenge, request->client_blob, CLIENT_BLOB_SIZE);
    return request->header.client_blob_size != 0;
}

int64_t lsass_ntlm(void)
{
    static struct ntlm_request request;
    struct credvault_ntlmv2_reply reply;
    size_t size = 0;
    int64_t status;

    if (!build_ntlm(&request)) {
        print("error: lsass: no NTLMv2 challenge could be made\n");
        return 1;
    }
    status = lsass_vault(CREDVAULT_NTLMV2, &request, sizeof(request.header) + request.header.client_blob_size, &reply,
                         sizeof(reply), &size);
    if (status != CREDVAULT_SUCCESS || size != sizeof(reply)) {
        print("error: lsass: the vault does not answer the NTLMv2 challenge (status %ld)\n", status);
        return 1;
    }
    print_ntlm(&request, &reply);
    return 0;
}

static int64_t hmac(struct hmac_request *request, uint8_t tag[TAG_SIZE])
{
    size_t size = 0;
    int64_t status;

    request->header.slot = lsass.slot;
    request->header.message_size = MESSAGE_SIZE;
    status = lsass_vault(CREDVAULT_HMAC_SHA256, request, sizeof(*request), tag, TAG_SIZE, &size);
    if (status != CREDVAULT_SUCCESS || size != TAG_SIZE) {
        print("error: lsass: the vault does not answer the HMAC challenge (status %ld)\n", status);
        return 1;
    }
    return 0;
}

int64_t lsass_hmac(void)
{
    struct hmac_request request = { 0 };
    uint8_t tag[TAG_SIZE];

    if (!random_bytes(request.message, sizeof(request.message))) {
        print("error: lsass: the processor gives no random numbers\n");
        return 1;
    }
    if (hmac(&request, tag) != 0) {
        return 1;
    }
    print("@openvsm hmac message=");
    print_hex(request.message, sizeof(request.message));
    print(" tag=");
    print_hex(tag, sizeof(tag));
    print("\n");
    return 0;
}

/* A message that is the same each time: the same credential must give the same tag before and after the attacks. */
static void check_message(struct hmac_request *request)
{
    memset(request, 0, sizeof(*request));
    for (unsigned i = 0; i < MESSAGE_SIZE; i++) {
        request->message[i] = (uint8_t)i;
    }
}

int64_t lsass_check_before(void)
{
    struct hmac_request request;

    check_message(&request);
    lsass.have_before = hmac(&request, lsass.before) == 0;
    return lsass.have_before ? 0 : 1;
}

int64_t lsass_check_after(void)
{
    struct hmac_request request;
    uint8_t tag[TAG_SIZE];

    check_message(&request);
    if (!lsass.have_before || hmac(&request, tag) != 0 || memcmp(tag, lsass.before, TAG_SIZE) != 0) {
        print("error: lsass: the vault does not answer as it did before the attacks\n");
        return 1;
    }
    return 0;
}
