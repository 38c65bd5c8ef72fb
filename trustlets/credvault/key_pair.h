/* The key pairs that PSA Crypto computes with, P-256, P-384 and RSA: inside PSA for the time of one call. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <abi/credvault.h>
#include <psa/crypto.h>

/* Attributes for a pair of that type; algorithm 0: to be exported only. False: PSA has no such pairs. */
bool key_pair_attributes(uint32_t type, psa_key_usage_t usage, psa_algorithm_t algorithm, psa_key_attributes_t *attributes);

/*
 * Opens a secret as struct credvault_new describes it for that type: PSA checks the scalar's range or the RSA key's form and
 * size. CREDVAULT_SUCCESS: psa_destroy_key(*id) when done. CREDVAULT_REFUSED: no such key. CREDVAULT_WRONG_TYPE,
 * CREDVAULT_INTERNAL.
 */
enum credvault_status key_pair_open(uint32_t type, const uint8_t *secret, uint32_t size, psa_key_usage_t usage,
                                    psa_algorithm_t algorithm, psa_key_id_t *id);

/* What PSA says of bytes that VTL0 or a peer chose: CREDVAULT_REFUSED for what is theirs, CREDVAULT_INTERNAL for the rest. */
enum credvault_status key_pair_status(psa_status_t status);
