#include "sets.h"

#include <psa/crypto.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char private256[] = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
static const char private384[] = "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5";

/* RFC 6979, appendices A.2.5 and A.2.6: P-256 with SHA-256 and P-384 with SHA-384, the signature as r and s. */
static const struct {
    const char *key;
    psa_algorithm_t hash;
    const char *message, *signature;
} signatures[] = {
    { private256, PSA_ALG_SHA_256, "sample",
      "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843a"
      "cda8" },
    { private256, PSA_ALG_SHA_256, "test",
      "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f"
      "0083" },
    { private384, PSA_ALG_SHA_384, "sample",
      "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe4699ef4aeb15f178cea1fe40db2603"
      "138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8" },
    { private384, PSA_ALG_SHA_384, "test",
      "8203b63d3c853e8d77227fb377bcf7b7b772e97892a80f36ab775d509d7a5feb0542a7f0812998da8f1dd3ca3cf023dbddd0760448d42d8a43af45af836f"
      "ce4de8be06b485e9b61b827c2f13173923e06a739f040649a667bf3b828246baa5a5" },
};

/* RFC 5903, sections 8.1 and 8.2: the initiator's private key, the responder's public key, the shared secret's x. */
static const struct {
    const char *key, *peer, *secret;
} agreements[] = {
    { "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
      "04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf6356fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f3303"
      "9872ab",
      "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de" },
    { "099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655e35b538041e649ee3faef896783ab194",
      "04e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d0d1ac43a0336def96fda41d0774a3571dcfbec7aacf3196472169e8384"
      "30367f66eebe3c6e70c416dd5f0c68759dd1fff83fa40142209dff5eaad96db9e6386c",
      "11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4d603135569b9e9d09cf5d4a270f59746" },
};

static psa_key_id_t import(const char *key, psa_algorithm_t algorithm, psa_key_usage_t usage)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    uint8_t bytes[48];
    size_t size = vector_hex(key, bytes);
    psa_key_id_t id = PSA_KEY_ID_NULL;

    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_algorithm(&attributes, algorithm);
    psa_set_key_usage_flags(&attributes, usage);
    psa_import_key(&attributes, bytes, size, &id);
    return id;
}

static const uint8_t *bytes_of(const char *text)
{
    return (const uint8_t *)text;
}

static size_t length_of(const char *text)
{
    size_t size = 0;

    while (text[size] != 0) {
        size++;
    }
    return size;
}

/* Signed as published, verified, and refused with one bit of the message's hash changed. */
static void judge_signature(struct vector_run *run, size_t i)
{
    psa_algorithm_t algorithm = PSA_ALG_DETERMINISTIC_ECDSA(signatures[i].hash);
    psa_key_id_t id = import(signatures[i].key, algorithm, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH);
    uint8_t hash[48], signature[96];
    size_t hash_size = 0, size = 0;
    const char *message = signatures[i].message;

    psa_hash_compute(signatures[i].hash, bytes_of(message), length_of(message), hash, sizeof(hash), &hash_size);
    vector_judge(run, psa_sign_hash(id, algorithm, hash, hash_size, signature, sizeof(signature), &size) == PSA_SUCCESS &&
                          vector_is(signature, size, signatures[i].signature));
    vector_judge(run, psa_verify_hash(id, algorithm, hash, hash_size, signature, size) == PSA_SUCCESS);
    hash[0] ^= 1;
    vector_judge(run, psa_verify_hash(id, algorithm, hash, hash_size, signature, size) == PSA_ERROR_INVALID_SIGNATURE);
    psa_destroy_key(id);
}

void set_ecdsa(struct vector_run *run)
{
    for (size_t i = 0; i < COUNT(signatures); i++) {
        judge_signature(run, i);
    }
}

/* The agreement as published, and a point that is not on the curve refused. */
void set_ecdh(struct vector_run *run)
{
    for (size_t i = 0; i < COUNT(agreements); i++) {
        psa_key_id_t id = import(agreements[i].key, PSA_ALG_ECDH, PSA_KEY_USAGE_DERIVE);
        uint8_t peer[97], secret[48];
        size_t peer_size = vector_hex(agreements[i].peer, peer), size = 0;

        vector_judge(run, psa_raw_key_agreement(PSA_ALG_ECDH, id, peer, peer_size, secret, sizeof(secret), &size) ==
                              PSA_SUCCESS && vector_is(secret, size, agreements[i].secret));
        peer[peer_size - 1] ^= 1;
        vector_judge(run, psa_raw_key_agreement(PSA_ALG_ECDH, id, peer, peer_size, secret, sizeof(secret), &size) != PSA_SUCCESS);
        psa_destroy_key(id);
    }
}
