/* The same for tools of the build machine, which make keys and signatures too: deterministic ones (RFC 6979). */
#pragma once

#include <openvsm_verify_config.h>

#define MBEDTLS_ECDSA_DETERMINISTIC
#define MBEDTLS_HMAC_DRBG_C
#define MBEDTLS_MD_C
#define MBEDTLS_SHA224_C
#define MBEDTLS_SHA256_C
