#include "published.h"

#include <lib/string.h>

/* generator/__main__.py: valid, hash, number of fields, a zero; then for each field its size and its bytes. */
struct published_record published_next(const uint8_t **at)
{
    const uint8_t *next = *at + 4;
    struct published_record record = { .valid = (*at)[0] != 0, .hash = (enum published_hash)(*at)[1] };

    for (unsigned i = 0; i < (*at)[2] && i < PUBLISHED_MAX_FIELDS; i++) {
        uint32_t size;

        memcpy(&size, next, sizeof(size));
        record.fields[i] = (struct published_field){ next + sizeof(size), size };
        next += sizeof(size) + size;
    }
    *at = next;
    return record;
}

uint32_t published_run(const struct published_set *set)
{
    const uint8_t *at = set->records;
    uint32_t passed = 0;

    for (uint32_t i = 0; i < set->count; i++) {
        struct published_record record = published_next(&at);

        passed += set->judge(&record) == (record.valid ? VERDICT_ACCEPTED : VERDICT_REFUSED);
    }
    return passed;
}
