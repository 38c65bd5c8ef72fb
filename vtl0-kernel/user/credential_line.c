#include "credential_line.h"

#include <lib/string.h>

struct output {
    uint8_t *bytes;
    size_t size;
    size_t capacity;
};

static int digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One field up to a space or the end; its size, or -1. *line moves behind it. */
static int decode_field(const char **line, size_t limit, struct output *out)
{
    const char *at = *line;
    size_t size = 0;

    if (*at++ != ' ') {
        return -1;
    }
    for (; *at != ' ' && *at != '\0'; at += 2, size++) {
        int high = digit(at[0]);
        int low = high >= 0 ? digit(at[1]) : -1;

        if (low < 0 || size == limit || out->size == out->capacity) {
            return -1;
        }
        out->bytes[out->size++] = (uint8_t)(high << 4 | low);
    }
    *line = at;
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
