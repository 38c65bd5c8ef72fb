/* Keys without a public half, and what they have in common with all others: the fields of a record that hold a key. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "record.h"

/* Can a SYMMETRIC record's operations take a key of size bytes? HMAC, HOTP, TOTP: 16 to 64; WRAP, UNWRAP: 16, 24 or 32. */
bool key_symmetric_size_ok(const struct record *record, uint32_t size);

/* Zeroes the fields that hold the key: secret, secret_size, public_key, public_key_size. */
void key_material_wipe(struct record *record);
