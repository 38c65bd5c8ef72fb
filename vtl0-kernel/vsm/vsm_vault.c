#include <vtl0/vault.h>

#include <abi/credvault.h>
#include <lib/string.h>
#include <vtl0/secure_call.h>
#include <vtl0/vsm.h>

bool vault_open(uint64_t *session, uint32_t *secure_status)
{
    static const uint8_t identity[16] = CREDVAULT_IDENTITY;
    struct secure_request request = {
        .service = SECURE_SERVICE_OPEN_SESSION,
        .input = identity,
        .input_size = sizeof(identity),
        .output = session,
        .output_capacity = sizeof(*session),
    };

    *secure_status = secure_call(&request);
    return *secure_status == SECURE_STATUS_SUCCESS && request.output_size == sizeof(*session);
}

void vault_close(uint64_t *session)
{
    struct secure_request request = { .service = SECURE_SERVICE_CLOSE_SESSION, .session = *session };

    secure_call(&request);
    *session = 0;
}

static void take_reply(struct vault_request *request, const uint8_t *reply, size_t size)
{
    struct secure_invoke_reply header;

    if (request->secure_status != SECURE_STATUS_SUCCESS || size < sizeof(header)) {
        return;
    }
    memcpy(&header, reply, sizeof(header));
    request->status = header.trustlet_status;
    request->output_size = size - sizeof(header);
    memcpy(request->data, reply + sizeof(header), request->output_size);
}

static void invoke(uint64_t session, struct vault_request *request)
{
    static uint8_t buffer[SECURE_CALL_DATA_SIZE]; /* one processor runs ring 3 and so the vault's client */
    struct secure_invoke header = { .command = request->command };
    struct secure_request call = {
        .service = SECURE_SERVICE_INVOKE,
        .session = session,
        .input = buffer,
        .input_size = sizeof(header) + request->input_size,
        .output = buffer,
        .output_capacity = sizeof(struct secure_invoke_reply) + request->capacity,
    };

    memcpy(buffer, &header, sizeof(header));
    memcpy(buffer + sizeof(header), request->data, request->input_size);
    request->status = 0;
    request->output_size = 0;
    request->secure_status = secure_call(&call);
    take_reply(request, buffer, call.output_size);
    secure_zero(buffer, sizeof(buffer));
}

bool vault_invoke(uint64_t *session, struct vault_request *request)
{
    if (vsm_state() != VSM_READY || request->input_size > VAULT_DATA_SIZE || request->capacity > VAULT_DATA_SIZE) {
        return false;
    }
    request->status = 0;
    request->output_size = 0;
    if (*session == 0 && !vault_open(session, &request->secure_status)) {
        *session = 0;
        return true;
    }
    invoke(*session, request);
    return true;
}
