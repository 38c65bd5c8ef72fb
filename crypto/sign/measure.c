#include <crypto/signed_image.h>

#include <crypto_hash_sha256.h>

_Static_assert(SIGNED_IMAGE_MEASUREMENT_SIZE == crypto_hash_sha256_BYTES, "a measurement is SHA-256");

void signed_image_measure(const void *file, size_t size, uint8_t measurement[SIGNED_IMAGE_MEASUREMENT_SIZE])
{
    crypto_hash_sha256(measurement, (const uint8_t *)file + SIGNED_IMAGE_SIGNATURE_SIZE, size - SIGNED_IMAGE_SIGNATURE_SIZE);
}
