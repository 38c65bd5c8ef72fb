/* One judge for each algorithm and use of it. Fields of the records in the order that generator/readers.py gives them. */
#pragma once

#include <psa/crypto.h>

#include "published.h"

published_judge judge_hash, judge_hmac;                                         /* message, digest; key, message, tag */
published_judge judge_aes_block;                                                /* key, plaintext, ciphertext, whole blocks */
published_judge judge_gcm_open, judge_gcm_seal;                                 /* key, nonce, data, plaintext, ciphertext, tag */
published_judge judge_wrap, judge_unwrap, judge_wrap_padded, judge_unwrap_padded; /* kek, key, wrapped */
published_judge judge_ec_public, judge_ec_pair;                                 /* x, y; private key, x, y */
published_judge judge_ecdsa_verify;                                             /* x, y, r, s, message */
published_judge judge_ecdsa_sign;                                               /* private key, x, y, r, s, message */
published_judge judge_ecdh;                                                     /* private key, x, y, peer's x, y, secret, its hash */
published_judge judge_ed25519;                                                  /* seed, public key, message, signature */
published_judge judge_rsa_pkcs1_verify, judge_rsa_pkcs1_sign;                   /* key in DER, message, signature */
published_judge judge_rsa_pss_verify, judge_rsa_pss_sign;
published_judge judge_hkdf;                                                     /* salt, secret, info, output */
published_judge judge_pbkdf2;                                                   /* password, salt, iterations, output */

/* PSA's name of the record's hash. */
psa_algorithm_t judge_hash_algorithm(const struct published_record *record);

/* What a call's result says about what it was given. */
enum verdict judge_status(psa_status_t status);

/* ACCEPTED if size bytes of data are the field's. */
enum verdict judge_same(const struct published_field *field, const uint8_t *data, size_t size);

/* ACCEPTED if both are, BROKEN if one is. */
enum verdict judge_both(enum verdict one, enum verdict other);

/* Imports the bytes as a key for that algorithm. The caller destroys *id, which is PSA_KEY_ID_NULL on failure. */
psa_status_t judge_import(psa_key_type_t type, psa_algorithm_t algorithm, psa_key_usage_t usage, const uint8_t *data, size_t size,
                          psa_key_id_t *id);
