#include "vault-use.h"

#include <stdlib.h>
#include <string.h>

#include "key_material.h"

#define MAX_REPLY 4024u
#define MAX_INPUT 4024u

const struct operation_row *vault_row(uint32_t command)
{
    for (uint32_t i = 0; i < operation_count; i++) {
        if (operations[i]->command == command) {
            return operations[i];
        }
    }
    fail();
    return NULL;
}

static enum credvault_status check(const struct operation_row *row, const struct operation *operation)
{
    if (operation->input_size < row->min_input || operation->input_size > row->max_input ||
        operation->reply_capacity < row->min_reply) {
        return CREDVAULT_BAD_REQUEST;
    }
    return row->check != NULL ? row->check(operation) : CREDVAULT_SUCCESS;
}

enum credvault_status vault_use(struct vault_use *use, uint32_t command, const void *input, uint32_t size)
{
    const struct operation_row *row = vault_row(command);
    uint32_t capacity = use->capacity != 0 ? use->capacity : MAX_REPLY;
    uint8_t *copy = malloc(size > 0 ? size : 1), *reply = calloc(1, capacity);
    struct operation operation = { .session = use->session, .input = copy, .input_size = size, .reply = reply,
                                   .reply_capacity = capacity, .now = use->now };
    enum credvault_status status;

    memcpy(copy, input, size);
    status = check(row, &operation);
    assert_int_equal(operation.reply_size, 0);
    if (status == CREDVAULT_SUCCESS) {
        operation.record = use->record;
        operation.target = use->target;
        operation.key = use->key;
        operation.counter = use->counter;
        status = row->run(&operation);
    }
    assert_true(status == CREDVAULT_SUCCESS ? operation.reply_size <= capacity : operation.reply_size == 0);
    use->size = operation.reply_size;
    memcpy(use->reply, reply, operation.reply_size);
    free(reply);
    free(copy);
    return status;
}

enum credvault_status vault_use_with(struct vault_use *use, uint32_t command, const void *header, uint32_t header_size,
                                     const void *text, uint32_t text_size)
{
    static uint8_t request[MAX_INPUT];

    memcpy(request, header, header_size);
    memcpy(request + header_size, text, text_size);
    return vault_use(use, command, request, header_size + text_size);
}

void vault_record(struct record *record, uint32_t type, uint32_t operations, const void *secret, uint32_t size)
{
    memset(record, 0, sizeof(*record));
    record->type = type;
    record->policy.operations = operations;
    assert_int_equal(key_material_import(record, secret, size), CREDVAULT_SUCCESS);
}

void vault_password(struct record *record, const char *password)
{
    static const char names[] = "aliceEXAMPLE.COM";
    uint8_t request[sizeof(struct credvault_password) + sizeof(names) - 1 + 64];
    struct credvault_password header = { .user_size = 5, .domain_size = 11, .password_size = (uint16_t)strlen(password),
                                         .iterations_sha1 = 2, .iterations_sha2 = 2 };

    memset(record, 0, sizeof(*record));
    record->credential = 7;
    record->type = CREDVAULT_PASSWORD;
    memcpy(request, &header, sizeof(header));
    memcpy(request + sizeof(header), names, sizeof(names) - 1);
    memcpy(request + sizeof(header) + sizeof(names) - 1, password, header.password_size);
    assert_int_equal(key_material_password(record, request, (uint32_t)(sizeof(header) + sizeof(names) - 1 + header.password_size)),
                     CREDVAULT_SUCCESS);
}

void vault_each_reserved(struct vault_use *use, uint32_t command, const void *request, uint32_t size, uint32_t offset, uint32_t count)
{
    static uint8_t changed[MAX_INPUT];

    memcpy(changed, request, size);
    for (uint32_t bit = 0; bit < 8 * count; bit++) {
        changed[offset + bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(vault_use(use, command, changed, size), CREDVAULT_BAD_REQUEST);
        changed[offset + bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}
