/*
 * One credential: everything about it that does not change with its use. It is sealed as one blob (record.c), opened for one
 * use at a time and wiped afterwards. What changes with each use is in state.h.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <abi/credvault.h>

#define PIN_SALT_SIZE 16u
#define PIN_HASH_SIZE 32u

/* The keys of a PASSWORD; Kerberos' are in the order of their encryption types, 17 to 20. */
struct password_keys {
    uint8_t ntlm[16];          /* NTOWFv2: good for this user in this domain only, and no NT hash */
    uint8_t hmac[32];          /* crypto/vault_hmac.h */
    uint8_t kerberos[4][32];   /* 16, 32, 16 and 32 bytes of them */
};

struct record {
    uint32_t credential;
    uint32_t type; /* enum credvault_type */
    struct credvault_policy policy;
    struct credvault_symmetric symmetric; /* size is that of the secret */
    uint8_t pin_salt[PIN_SALT_SIZE];      /* zero without a PIN */
    uint8_t pin_hash[PIN_HASH_SIZE];
    uint32_t label_size;
    uint32_t public_key_size;
    uint32_t secret_size;
    uint8_t label[CREDVAULT_MAX_LABEL];
    uint8_t public_key[CREDVAULT_MAX_PUBLIC];
    uint8_t secret[CREDVAULT_MAX_SECRET]; /* PASSWORD: struct password_keys; else as struct credvault_new has it, unwrapped */
};
