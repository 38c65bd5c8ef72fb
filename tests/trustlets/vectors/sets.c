#include "sets.h"
#include "published.h"

#include <lib/string.h>

static const struct {
    const char *name;
    vector_set *run;
} sets[VECTORS_SETS] = {
    { "nfold", set_nfold },
    { "rfc3962", set_rfc3962 },
    { "rfc8009", set_rfc8009 },
    { "rfc8009-string-to-key", set_rfc8009_string_to_key },
    { "hotp", set_hotp },
    { "totp", set_totp },
    { "rfc3394", set_rfc3394 },
    { "rfc5649", set_rfc5649 },
    { "ntlmv2", set_ntlmv2 },
    { "ed25519", set_ed25519 },
    { "ecdsa", set_ecdsa },
    { "ecdh", set_ecdh },
    { "rsa", set_rsa },
};

static void name_it(struct vectors_result *result, const char *name)
{
    for (size_t i = 0; i < sizeof(result->name) - 1 && name[i] != 0; i++) {
        result->name[i] = name[i];
    }
}

bool vectors_run(uint32_t set, struct vectors_result *result)
{
    struct vector_run run = { { .total = 0 } };

    if (set < VECTORS_SETS) {
        sets[set].run(&run);
        name_it(&run.result, sets[set].name);
    } else if (set - VECTORS_SETS < published_set_count) {
        const struct published_set *published = &published_sets[set - VECTORS_SETS];

        run.result.passed = published_run(published);
        run.result.total = published->count;
        name_it(&run.result, published->name);
    } else {
        return false;
    }
    *result = run.result;
    return true;
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
