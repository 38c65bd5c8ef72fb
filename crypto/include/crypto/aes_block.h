/*
 * AES one block at a time, for constructions PSA Crypto does not have: key wrap (RFC 3394), ciphertext stealing and key
 * derivation of Kerberos (RFC 3962). Nothing else may use it. crypto_start comes first.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <psa/crypto.h>

#define AES_BLOCK_SIZE 16u

enum aes_direction { AES_ENCRYPT, AES_DECRYPT };

/* An AES key for one direction, inside PSA between aes_block_open and aes_block_close. */
struct aes_block {
    psa_key_id_t id;
    enum aes_direction direction;
};

/* key_size: 16, 24 or 32 bytes. False: another size, or no memory; there is nothing to close then. */
bool aes_block_open(struct aes_block *aes, enum aes_direction direction, const uint8_t *key, size_t key_size);

/* to may be from. False: the library failed; to then holds nothing of use. */
bool aes_block_run(const struct aes_block *aes, const uint8_t from[AES_BLOCK_SIZE], uint8_t to[AES_BLOCK_SIZE]);

/* Wipes the library's copy of the key. */
void aes_block_close(struct aes_block *aes);
