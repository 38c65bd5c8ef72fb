#include <crypto/kdf.h>

#include <crypto_auth_hmacsha512.h>
#include <lib/string.h>
#include <utils.h>

void kdf_derive(const uint8_t root[KDF_ROOT_SIZE], const char *label, const void *context, size_t context_size,
                uint8_t out[KDF_KEY_SIZE])
{
    static const uint8_t separator = 0;
    crypto_auth_hmacsha512_state state;
    uint8_t tag[crypto_auth_hmacsha512_BYTES];
    size_t label_size = 0;

    while (label[label_size] != '\0') {
        label_size++;
    }
    crypto_auth_hmacsha512_init(&state, root, KDF_ROOT_SIZE);
    crypto_auth_hmacsha512_update(&state, (const uint8_t *)label, label_size);
    crypto_auth_hmacsha512_update(&state, &separator, 1);
    if (context_size > 0) {
        crypto_auth_hmacsha512_update(&state, context, context_size);
    }
    crypto_auth_hmacsha512_final(&state, tag);
    memcpy(out, tag, KDF_KEY_SIZE);
    sodium_memzero(tag, sizeof(tag));
    sodium_memzero(&state, sizeof(state));
}
