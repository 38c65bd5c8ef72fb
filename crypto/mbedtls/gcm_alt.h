/* The state of one message of AES-GCM, for mbedTLS's gcm.h: MBEDTLS_GCM_ALT. */
#pragma once

#include <stdint.h>

#include <mbedtls/aes.h>

typedef struct mbedtls_gcm_context {
    mbedtls_aes_context aes;
    unsigned char hash_key[16]; /* NIST SP 800-38D's H */
    unsigned char hash[16];     /* GHASH of what was given until now */
    unsigned char counter[16];  /* the last counter block that was used */
    unsigned char mask[16];     /* for the tag: the first counter block, encrypted */
    uint64_t size;              /* bytes of text until now */
    uint64_t additional_size;   /* bytes of additional data */
    int mode;                   /* MBEDTLS_GCM_ENCRYPT or MBEDTLS_GCM_DECRYPT */
} mbedtls_gcm_context;
