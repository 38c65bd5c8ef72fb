#include <crypto/ed25519.h>

#include <crypto_sign_ed25519.h>
#include <lib/string.h>

_Static_assert(ED25519_SEED_SIZE == crypto_sign_ed25519_SEEDBYTES && ED25519_PUBLIC_SIZE == crypto_sign_ed25519_PUBLICKEYBYTES &&
               ED25519_SIGNATURE_SIZE == crypto_sign_ed25519_BYTES, "sizes of Ed25519");

void ed25519_public_key(const uint8_t seed[ED25519_SEED_SIZE], uint8_t public_key[ED25519_PUBLIC_SIZE])
{
    uint8_t pair[crypto_sign_ed25519_SECRETKEYBYTES];

    crypto_sign_ed25519_seed_keypair(public_key, pair, seed);
    secure_zero(pair, sizeof(pair));
}

void ed25519_sign(const uint8_t seed[ED25519_SEED_SIZE], const void *message, size_t size,
                  uint8_t signature[ED25519_SIGNATURE_SIZE])
{
    uint8_t public_key[ED25519_PUBLIC_SIZE];
    uint8_t pair[crypto_sign_ed25519_SECRETKEYBYTES];

    crypto_sign_ed25519_seed_keypair(public_key, pair, seed);
    crypto_sign_ed25519_detached(signature, NULL, message, size, pair);
    secure_zero(pair, sizeof(pair));
}

bool ed25519_verify(const uint8_t public_key[ED25519_PUBLIC_SIZE], const void *message, size_t size,
                    const uint8_t signature[ED25519_SIGNATURE_SIZE])
{
    return crypto_sign_ed25519_verify_detached(signature, message, size, public_key) == 0;
}
