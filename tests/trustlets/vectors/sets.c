#include "sets.h"

#include <lib/string.h>

static vector_set *const sets[VECTORS_SETS + 1] = {
    [VECTORS_NFOLD] = set_nfold,
    [VECTORS_RFC3962] = set_rfc3962,
    [VECTORS_RFC8009] = set_rfc8009,
    [VECTORS_RFC8009_STRING_TO_KEY] = set_rfc8009_string_to_key,
    [VECTORS_HOTP] = set_hotp,
    [VECTORS_TOTP] = set_totp,
    [VECTORS_RFC3394] = set_rfc3394,
    [VECTORS_RFC5649] = set_rfc5649,
    [VECTORS_ED25519] = set_ed25519,
    [VECTORS_ECDSA] = set_ecdsa,
    [VECTORS_ECDH] = set_ecdh,
    [VECTORS_RSA] = set_rsa,
};

struct vectors_result vectors_run(uint32_t set)
{
    struct vector_run run = { { 0, 0 } };

    sets[set](&run);
    return run.result;
}

void vector_judge(struct vector_run *run, bool passed)
{
    run->result.passed += passed;
    run->result.total++;
}

static uint8_t digit(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

size_t vector_hex(const char *text, uint8_t *to)
{
    size_t size = strlen(text) / 2;

    for (size_t i = 0; i < size; i++) {
        to[i] = (uint8_t)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
    }
    return size;
}

bool vector_is(const uint8_t *data, size_t size, const char *text)
{
    bool same = strlen(text) == 2 * size;

    for (size_t i = 0; i < size && same; i++) {
        same = data[i] == (uint8_t)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
    }
    return same;
}
