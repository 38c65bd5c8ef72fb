#include "key_symmetric.h"

#include <lib/string.h>

#define MIN_KEY 16u /* of HMAC and one-time passwords: RFC 4226, "Requirements" */
#define MAX_KEY 64u

bool key_symmetric_size_ok(const struct record *record, uint32_t size)
{
    if ((record->policy.operations & (CREDVAULT_ALLOW_WRAP | CREDVAULT_ALLOW_UNWRAP)) != 0) {
        return size == 16 || size == 24 || size == 32;
    }
    return size >= MIN_KEY && size <= MAX_KEY;
}

void key_material_wipe(struct record *record)
{
    secure_zero(record->secret, sizeof(record->secret));
    secure_zero(record->public_key, sizeof(record->public_key));
    record->secret_size = 0;
    record->public_key_size = 0;
}
