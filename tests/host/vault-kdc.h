/* A KDC for one user and one service, as small as the vault's tests can do with; and what a client puts into its requests. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "vault-write.h"

/* What goes into an EncKDCRepPart; a test changes what it is about. */
struct kdc_part {
    uint8_t application;   /* 25 or 26 */
    uint32_t etype;        /* of the session key */
    uint8_t key[64];
    size_t key_size;
    const char *service;   /* the name's first component; "krbtgt" */
    uint32_t left_out;     /* bit n: field n is not there */
    uint32_t pa_type;      /* 0: no encrypted pre-authentication data */
    const char *pa_value;
};

/* An AS-REP's part with a session key of that type that is bytes from key on. */
struct kdc_part kdc_part(uint32_t etype, uint8_t key);

/* Its DER. */
void kdc_write(struct writer *writer, const struct kdc_part *part);

/* Encrypted under a key: returns the cipher's size. */
uint32_t kdc_encrypt(uint32_t etype, const uint8_t *key, uint32_t usage, const void *plaintext, size_t size, uint8_t *cipher);

/* An Authenticator; subkey: with one of 32 bytes. */
void client_authenticator(struct writer *writer, bool subkey);
