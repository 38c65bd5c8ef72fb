/*
 * Keys and signatures. A key file is one line, "ed25519-secret HEX" or
 * "ecdsa-p256-secret HEX": the Ed25519 seed or the P-256 number, 32 bytes, mode
 * 0600. A public key file is "ed25519 HEX" or "ecdsa-p256 HEX", the 32 or 65
 * bytes of abi/image.h. A line of 64 digits alone is a key file for Ed25519.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <abi/image.h>
#include <abi/owner.h>

struct public_key {
    uint32_t algorithm;
    uint8_t bytes[SIGNED_IMAGE_MAX_PUBLIC_KEY]; /* signed_image_key_size of them */
};

struct private_key {
    struct public_key public_key;
    uint8_t secret[32];
};

/* A new key from the system's random bytes. */
struct private_key key_generate(uint32_t algorithm);

/* Each fails when the file is none of its sort; a private key also when others may read it. */
struct private_key key_read_private(const char *path);
struct public_key key_read_public(const char *path);

void key_write_private(const char *path, const struct private_key *key);
void key_write_public(const char *path, const struct public_key *key);

/* Fills the signature block of [data, data + size). ECDSA's number is RFC 6979's: signing twice gives the same bytes. */
void key_sign(const struct private_key *key, const uint8_t *data, size_t size, struct signed_image_signature *block);

/* The owner with that key and no floors. */
struct image_owner key_owner(const struct public_key *key);
