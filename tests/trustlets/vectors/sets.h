/*
 * Published test vectors, in sets, for the host test crypto-vectors and for the test trustlet in VTL1 alike. Values are facts
 * of the standards named at each table; what no standard states was made with another implementation, which is named then.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vectors.h"

/* A run of one set: counts what it is told. */
struct vector_run {
    struct vectors_result result;
};

/* What a set does: calls vector_judge once for each vector. crypto_start comes first. */
typedef void vector_set(struct vector_run *run);

vector_set set_nfold, set_rfc3962, set_rfc8009, set_rfc8009_string_to_key, set_hotp, set_totp, set_rfc3394, set_rfc5649;
vector_set set_ntlmv2, set_ed25519, set_ecdsa, set_ecdh, set_rsa;

/*
 * Runs set number 0 and up: the VECTORS_SETS ones of these files, then the published ones. False when there is none of that
 * number.
 */
bool vectors_run(uint32_t set, struct vectors_result *result);

/* One vector more: passed or not. */
void vector_judge(struct vector_run *run, bool passed);

/* Decodes lower-case hex, an even number of digits, into to, which has that much room; returns the size. */
size_t vector_hex(const char *text, uint8_t *to);

/* Is data[0..size) what the hex text says? */
bool vector_is(const uint8_t *data, size_t size, const char *text);
