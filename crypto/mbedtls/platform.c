/* The hooks that the configuration takes out of mbedTLS: wiping and randomness. */
#include <stddef.h>

#include <crypto/entropy.h>
#include <lib/string.h>
#include <mbedtls/entropy.h>
#include <mbedtls/platform_util.h>

/* Declared in a header that moved between 2.28 and 3.x. */
int mbedtls_hardware_poll(void *data, unsigned char *output, size_t size, size_t *produced);

void mbedtls_platform_zeroize(void *buffer, size_t size)
{
    secure_zero(buffer, size);
}

int mbedtls_hardware_poll(void *data, unsigned char *output, size_t size, size_t *produced)
{
    (void)data;
    *produced = 0;
    if (!entropy_read(output, size)) {
        return MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
    }
    *produced = size;
    return 0;
}
