#include "ntlm_client.h"

#include <stdbool.h>

#include <lib/string.h>

enum av_id {
    AV_EOL = 0, AV_NB_COMPUTER_NAME = 1, AV_NB_DOMAIN_NAME = 2, AV_DNS_COMPUTER_NAME = 3, AV_DNS_DOMAIN_NAME = 4,
    AV_TIMESTAMP = 7,
};

#define RESPONSE_VERSION 1u

struct blob {
    uint8_t *bytes;
    size_t size;
    size_t capacity;
    bool overflow;
};

static void put_byte(struct blob *blob, uint8_t value)
{
    if (blob->size == blob->capacity) {
        blob->overflow = true;
        return;
    }
    blob->bytes[blob->size++] = value;
}

static void put_little(struct blob *blob, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        put_byte(blob, (uint8_t)(value >> (8 * i)));
    }
}

static void put_pair_header(struct blob *blob, enum av_id id, size_t size)
{
    put_little(blob, id, 2);
    put_little(blob, size, 2);
}

static void put_name(struct blob *blob, enum av_id id, const char *name)
{
    put_pair_header(blob, id, strlen(name) * 2);
    for (; *name != '\0'; name++) {
        put_little(blob, (uint8_t)*name, 2);
    }
}

static void put_target(struct blob *blob, const struct ntlm_target *target, uint64_t time)
{
    put_name(blob, AV_NB_DOMAIN_NAME, target->domain);
    put_name(blob, AV_NB_COMPUTER_NAME, target->computer);
    put_name(blob, AV_DNS_DOMAIN_NAME, target->dns_domain);
    put_name(blob, AV_DNS_COMPUTER_NAME, target->dns_computer);
    put_pair_header(blob, AV_TIMESTAMP, 8);
    put_little(blob, time, 8);
    put_pair_header(blob, AV_EOL, 0);
}

size_t ntlm_client_blob(const struct ntlm_target *target, uint64_t time, const uint8_t client_challenge[8], uint8_t *to,
                        size_t capacity)
{
    struct blob blob = { .bytes = to, .capacity = capacity };

    put_byte(&blob, RESPONSE_VERSION);
    put_byte(&blob, RESPONSE_VERSION);
    put_little(&blob, 0, 6);
    put_little(&blob, time, 8);
    for (unsigned i = 0; i < 8; i++) {
        put_byte(&blob, client_challenge[i]);
    }
    put_little(&blob, 0, 4);
    put_target(&blob, target, time);
    put_little(&blob, 0, 4);
    return blob.overflow ? 0 : blob.size;
}
