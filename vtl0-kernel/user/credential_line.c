#include "credential_line.h"

#include <lib/string.h>

#include "hex.h"

struct output {
    uint8_t *bytes;
    size_t size;
    size_t capacity;
};

static int decode_field(const char **line, size_t limit, struct output *out)
{
    size_t room = out->capacity - out->size;
    size_t size;

    if (!hex_field_decode(line, out->bytes + out->size, room < limit ? room : limit, &size)) {
        return -1;
    }
    out->size += size;
    return (int)size;
}

static size_t decode(const char *line, struct output *out, struct credvault_store *header)
{
    static const size_t limits[3] = { CREDVAULT_MAX_USER, CREDVAULT_MAX_DOMAIN, CREDVAULT_MAX_PASSWORD };
    int sizes[3];

    for (unsigned i = 0; i < 3; i++) {
        sizes[i] = decode_field(&line, limits[i], out);
        if (sizes[i] < 0) {
            return 0;
        }
    }
    if (*line != '\0' || sizes[0] == 0) {
        return 0;
    }
    header->user_size = (uint16_t)sizes[0];
    header->domain_size = (uint16_t)sizes[1];
    header->password_size = (uint16_t)sizes[2];
    return out->size;
}

size_t credential_line_decode(const char *line, uint8_t *request, size_t capacity)
{
    static const char word[] = "OVSM-CRED";
    struct credvault_store header = { 0 };
    struct output out = { request, sizeof(header), capacity };
    size_t size = 0;

    memset(request, 0, capacity);
    if (capacity >= sizeof(header) && strlen(line) >= sizeof(word) - 1 && memcmp(line, word, sizeof(word) - 1) == 0) {
        size = decode(line + sizeof(word) - 1, &out, &header);
    }
    if (size == 0) {
        secure_zero(request, capacity);
        return 0;
    }
    memcpy(request, &header, sizeof(header));
    return size;
}
