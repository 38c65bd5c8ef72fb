#include "new.h"

#include <crypto/key_wrap.h>
#include <crypto/text.h>
#include <lib/string.h>

#include "key_material.h"
#include "pin.h"
#include "policy.h"

#define MIN_WRAPPED 16u /* RFC 5649: two semiblocks */

/* Parts and sizes add up to the input, and nothing else is in the header. */
static bool split(const uint8_t *input, uint32_t size, struct new_request *request)
{
    struct credvault_new *header = &request->header;
    uint32_t left = size - (uint32_t)sizeof(*header);

    memcpy(header, input, sizeof(*header));
    request->label = input + sizeof(*header);
    request->pin = request->label + header->label_size;
    request->secret = request->pin + header->pin_size;
    return header->reserved == 0 && (uint32_t)header->label_size + header->pin_size <= left &&
           left - header->label_size - header->pin_size == header->secret_size;
}

static bool texts_are_good(const struct new_request *request)
{
    const struct credvault_new *header = &request->header;
    bool pin = (header->policy.flags & CREDVAULT_POLICY_PIN) != 0;

    return header->label_size >= 1 && header->label_size <= CREDVAULT_MAX_LABEL && text_is_utf8(request->label, header->label_size) &&
           (pin ? pin_is_text(request->pin, header->pin_size) : header->pin_size == 0);
}

static bool command_makes(uint32_t command, uint32_t type)
{
    return command == CREDVAULT_ADD ? type == CREDVAULT_PASSWORD || type == CREDVAULT_SYMMETRIC : type != CREDVAULT_PASSWORD;
}

/* What is said of the wrapping, and how large the secret may be. */
static bool secret_is_good(uint32_t command, const struct new_request *request)
{
    const struct credvault_new *header = &request->header;

    if (command == CREDVAULT_IMPORT) {
        return header->wrapped_by != 0 && header->wrapping <= CREDVAULT_RFC3394 && header->secret_size >= MIN_WRAPPED &&
               header->secret_size <= CREDVAULT_MAX_SECRET + KEY_WRAP_OVERHEAD;
    }
    if (header->wrapped_by != 0 || header->wrapping != 0) {
        return false;
    }
    if (command == CREDVAULT_GENERATE) {
        return header->secret_size == 0;
    }
    return header->type == CREDVAULT_SYMMETRIC ? policy_takes_size(header->policy.operations, header->secret_size)
                                               : key_material_check_password(request->secret, header->secret_size) == CREDVAULT_SUCCESS;
}

static bool symmetric_is_good(uint32_t command, const struct credvault_new *header)
{
    bool sized = command == CREDVAULT_GENERATE && header->type == CREDVAULT_SYMMETRIC;

    return policy_fits(header->type, header->policy.operations, &header->symmetric) &&
           (sized ? policy_takes_size(header->policy.operations, header->symmetric.size) : header->symmetric.size == 0);
}

static uint32_t reply_room(uint32_t type)
{
    bool public_key = (POLICY_PUBLIC_TYPES & POLICY_TYPE(type)) != 0;

    return (uint32_t)sizeof(struct credvault_added) + (public_key ? CREDVAULT_MAX_PUBLIC : 0);
}

enum credvault_status new_decode(uint32_t command, const uint8_t *input, uint32_t size, uint32_t reply_capacity,
                                 struct new_request *request)
{
    const struct credvault_new *header = &request->header;
    enum credvault_status status;

    if (size < sizeof(*header) || !split(input, size, request)) {
        return CREDVAULT_BAD_REQUEST;
    }
    status = policy_is_valid(header->type, &header->policy);
    if (status != CREDVAULT_SUCCESS) {
        return status;
    }
    if (!command_makes(command, header->type)) {
        return CREDVAULT_WRONG_TYPE;
    }
    return texts_are_good(request) && symmetric_is_good(command, header) && secret_is_good(command, request) &&
                   reply_capacity >= reply_room(header->type)
               ? CREDVAULT_SUCCESS
               : CREDVAULT_BAD_REQUEST;
}
