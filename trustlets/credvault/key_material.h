/* Secrets as they come into the vault: generated here, made from a password, or imported; each is checked for what it claims to be. */
#pragma once

#include <stdint.h>

#include <abi/credvault.h>

#include "record.h"

/*
 * Draws a secret for record->type (record->symmetric.size bytes for SYMMETRIC) into record->secret, secret_size and, where there
 * is one, public_key and public_key_size. CREDVAULT_SUCCESS, CREDVAULT_WRONG_TYPE (PASSWORD), CREDVAULT_BAD_REQUEST (a size
 * that its operations cannot take) or CREDVAULT_INTERNAL; the fields are zero unless CREDVAULT_SUCCESS.
 */
enum credvault_status key_material_generate(struct record *record);

/*
 * Takes secret[0..size), unwrapped, which struct credvault_new describes, after checking that it is a key of that type:
 * lengths, scalar in range, DER complete with nothing behind it, RSA of exactly that modulus size with e = 65537 and
 * consistent primes. CREDVAULT_REFUSED for what is not; CREDVAULT_WRONG_TYPE for PASSWORD.
 */
enum credvault_status key_material_import(struct record *record, const uint8_t *secret, uint32_t size);

/* struct credvault_password with its text, checked completely: CREDVAULT_BAD_REQUEST unless all of it is right. */
enum credvault_status key_material_check_password(const uint8_t *input, uint32_t size);

/* struct password_keys from it, into record->secret. check_password was successful. CREDVAULT_SUCCESS or CREDVAULT_INTERNAL. */
enum credvault_status key_material_password(struct record *record, const uint8_t *input, uint32_t size);
