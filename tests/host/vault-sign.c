/* SIGN against published signatures and OpenSSL, and every request it refuses. */
#include "vault-use.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <crypto/ed25519.h>
#include <psa/crypto.h>

#include "key_material.h"

static struct vault_use use;
static struct record record;

static int fresh(void **state)
{
    (void)state;
    memset(&use, 0, sizeof(use));
    use.record = &record;
    return 0;
}

static void hex_record(uint32_t type, const char *secret)
{
    uint8_t bytes[64];
    uint32_t size = (uint32_t)support_hex(secret, bytes);

    vault_record(&record, type, CREDVAULT_ALLOW_SIGN, bytes, size);
}

static enum credvault_status sign(uint32_t algorithm, uint32_t flags, const void *message, uint32_t size)
{
    const struct credvault_sign header = { 7, algorithm, flags, size };

    return vault_use_with(&use, CREDVAULT_SIGN, &header, sizeof(header), message, size);
}

/* RFC 6979, appendices A.2.5 and A.2.6: P-256 with SHA-256 and P-384 with SHA-384. */
static const char private256[] = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
static const char private384[] = "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5";
static const char sample256[] =
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
static const char sample384[] =
    "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe4699ef4aeb15f178cea1fe40db2603138f"
    "130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8";

static void ecdsa_as_published(void **state)
{
    uint8_t hash[48];
    size_t size;

    (void)state;
    hex_record(CREDVAULT_P256, private256);
    assert_int_equal(sign(CREDVAULT_ECDSA_SHA256, 0, "sample", 6), CREDVAULT_SUCCESS);
    support_assert_hex(use.reply, use.size, sample256);
    assert_int_equal(psa_hash_compute(PSA_ALG_SHA_256, (const uint8_t *)"sample", 6, hash, sizeof(hash), &size), PSA_SUCCESS);
    assert_int_equal(sign(CREDVAULT_ECDSA_SHA256, CREDVAULT_SIGN_HASHED, hash, 32), CREDVAULT_SUCCESS);
    support_assert_hex(use.reply, use.size, sample256);
    hex_record(CREDVAULT_P384, private384);
    assert_int_equal(sign(CREDVAULT_ECDSA_SHA384, 0, "sample", 6), CREDVAULT_SUCCESS);
    support_assert_hex(use.reply, use.size, sample384);
    assert_int_equal(psa_hash_compute(PSA_ALG_SHA_384, (const uint8_t *)"sample", 6, hash, sizeof(hash), &size), PSA_SUCCESS);
    assert_int_equal(sign(CREDVAULT_ECDSA_SHA384, CREDVAULT_SIGN_HASHED, hash, 48), CREDVAULT_SUCCESS);
    support_assert_hex(use.reply, use.size, sample384);
}

/* RFC 8032, section 7.1, TEST 1 and TEST 3. */
static void ed25519_as_published(void **state)
{
    (void)state;
    hex_record(CREDVAULT_ED25519, "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    assert_int_equal(sign(CREDVAULT_ED25519_PURE, 0, "", 0), CREDVAULT_SUCCESS);
    support_assert_hex(use.reply, use.size,
                       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595b"
                       "be24655141438e7a100b");
    hex_record(CREDVAULT_ED25519, "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7");
    assert_int_equal(sign(CREDVAULT_ED25519_PURE, 0, "\xaf\x82", 2), CREDVAULT_SUCCESS);
    support_assert_hex(use.reply, use.size,
                       "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716e"
                       "d28dc027beceea1ec40a");
}

/* In front of a public key, to make it SubjectPublicKeyInfo (RFC 5480, RFC 8410, RFC 3279). */
static const struct {
    uint32_t type;
    const char *head;
} infos[] = {
    { CREDVAULT_P256, "3059301306072a8648ce3d020106082a8648ce3d030107034200" },
    { CREDVAULT_P384, "3076301006072a8648ce3d020106052b81040022036200" },
    { CREDVAULT_ED25519, "302a300506032b6570032100" },
    { CREDVAULT_RSA_2048, "30820122300d06092a864886f70d01010105000382010f00" },
    { CREDVAULT_RSA_3072, "308201a2300d06092a864886f70d01010105000382018f00" },
};

static void write_file(const char *folder, const char *name, const void *bytes, size_t size)
{
    char path[128];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void write_public_key(const char *folder)
{
    uint8_t info[CREDVAULT_MAX_PUBLIC + 64];

    for (size_t i = 0; i < sizeof(infos) / sizeof(infos[0]); i++) {
        if (infos[i].type == record.type) {
            size_t head = support_hex(infos[i].head, info);

            memcpy(info + head, record.public_key, record.public_key_size);
            write_file(folder, "key", info, head + record.public_key_size);
        }
    }
}

/* r || s as OpenSSL wants it: a SEQUENCE of INTEGERs of which none reads as negative; a leading zero more is taken by it, too. */
static size_t ecdsa_der(const uint8_t *signature, size_t half, uint8_t *der)
{
    uint8_t *at = der + 2;

    for (unsigned i = 0; i < 2; i++, signature += half) {
        size_t zeros = 0;

        while (signature[zeros] == 0) {
            zeros++;
        }
        *at++ = 0x02;
        *at++ = (uint8_t)(half - zeros + (signature[zeros] >= 0x80));
        if (signature[zeros] >= 0x80) {
            *at++ = 0;
        }
        memcpy(at, signature + zeros, half - zeros);
        at += half - zeros;
    }
    der[0] = 0x30;
    der[1] = (uint8_t)(at - der - 2);
    return (size_t)(at - der);
}

static bool openssl_verifies(const char *folder, const char *options, const char *message)
{
    char command[512];

    write_file(folder, "message", message, strlen(message));
    snprintf(command, sizeof(command),
             "cd %s && openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in message -sigfile signature %s >log 2>&1",
             folder, options);
    return system(command) == 0;
}

static void remove_folder(const char *folder)
{
    char command[128];

    snprintf(command, sizeof(command), "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

/* Drawn keys of every type and what OpenSSL says to their signatures: right for the message, wrong for another. */
static void openssl_agrees(void **state)
{
    static const struct {
        uint32_t type, algorithm, half;
        const char *options;
    } cases[] = {
        { CREDVAULT_P256, CREDVAULT_ECDSA_SHA256, 32, "-digest sha256" },
        { CREDVAULT_P384, CREDVAULT_ECDSA_SHA384, 48, "-digest sha384" },
        { CREDVAULT_ED25519, CREDVAULT_ED25519_PURE, 0, "" },
        { CREDVAULT_RSA_2048, CREDVAULT_RSA_PKCS1_SHA256, 0, "-digest sha256" },
        { CREDVAULT_RSA_2048, CREDVAULT_RSA_PSS_SHA256, 0, "-digest sha256 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:32" },
        { CREDVAULT_RSA_3072, CREDVAULT_RSA_PKCS1_SHA256, 0, "-digest sha256" },
        { CREDVAULT_RSA_3072, CREDVAULT_RSA_PSS_SHA256, 0, "-digest sha256 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:32" },
    };
    char folder[] = "/tmp/vault-sign-XXXXXX";
    uint8_t der[128];

    (void)state;
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memset(&record, 0, sizeof(record));
        record.type = cases[i].type;
        assert_int_equal(key_material_generate(&record), CREDVAULT_SUCCESS);
        assert_int_equal(sign(cases[i].algorithm, 0, "message", 7), CREDVAULT_SUCCESS);
        write_public_key(folder);
        if (cases[i].half != 0) {
            write_file(folder, "signature", der, ecdsa_der(use.reply, cases[i].half, der));
        } else {
            write_file(folder, "signature", use.reply, use.size);
        }
        assert_true(openssl_verifies(folder, cases[i].options, "message"));
        assert_false(openssl_verifies(folder, cases[i].options, "massage"));
    }
    remove_folder(folder);
}

/* The same request has the same answer, but for PSS, whose salt is drawn. */
static void deterministic(void **state)
{
    static const struct {
        uint32_t type, algorithm;
    } cases[] = { { CREDVAULT_P256, CREDVAULT_ECDSA_SHA256 }, { CREDVAULT_P384, CREDVAULT_ECDSA_SHA384 },
                  { CREDVAULT_ED25519, CREDVAULT_ED25519_PURE }, { CREDVAULT_RSA_2048, CREDVAULT_RSA_PKCS1_SHA256 },
                  { CREDVAULT_RSA_2048, CREDVAULT_RSA_PSS_SHA256 } };
    uint8_t first[384];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memset(&record, 0, sizeof(record));
        record.type = cases[i].type;
        assert_int_equal(key_material_generate(&record), CREDVAULT_SUCCESS);
        assert_int_equal(sign(cases[i].algorithm, 0, "message", 7), CREDVAULT_SUCCESS);
        memcpy(first, use.reply, use.size);
        assert_int_equal(sign(cases[i].algorithm, 0, "message", 7), CREDVAULT_SUCCESS);
        assert_int_equal(memcmp(first, use.reply, use.size) == 0, cases[i].algorithm != CREDVAULT_RSA_PSS_SHA256);
    }
}

static bool fits(uint32_t algorithm, uint32_t type)
{
    switch (algorithm) {
    case CREDVAULT_ECDSA_SHA256: return type == CREDVAULT_P256;
    case CREDVAULT_ECDSA_SHA384: return type == CREDVAULT_P384;
    case CREDVAULT_ED25519_PURE: return type == CREDVAULT_ED25519;
    default: return type == CREDVAULT_RSA_2048 || type == CREDVAULT_RSA_3072;
    }
}

static void every_pair_of_type_and_algorithm(void **state)
{
    (void)state;
    for (uint32_t type = CREDVAULT_P256; type < CREDVAULT_TYPE_COUNT; type++) {
        memset(&record, 0, sizeof(record));
        record.type = type;
        assert_int_equal(key_material_generate(&record), CREDVAULT_SUCCESS);
        for (uint32_t algorithm = 0; algorithm < 9; algorithm++) {
            enum credvault_status wanted = fits(algorithm, type) ? CREDVAULT_SUCCESS : CREDVAULT_WRONG_TYPE;

            if (algorithm < CREDVAULT_ECDSA_SHA256 || algorithm > CREDVAULT_RSA_PKCS1_SHA256) {
                wanted = CREDVAULT_BAD_REQUEST;
            }
            assert_int_equal(sign(algorithm, 0, "", 0), wanted);
        }
        assert_int_equal(sign(UINT32_MAX, 0, "", 0), CREDVAULT_BAD_REQUEST);
    }
}

/* A given hash has exactly the algorithm's size, and Ed25519 takes none. */
static void sizes_of_hashes(void **state)
{
    static const struct {
        uint32_t type, algorithm, size;
    } cases[] = { { CREDVAULT_P256, CREDVAULT_ECDSA_SHA256, 32 }, { CREDVAULT_P384, CREDVAULT_ECDSA_SHA384, 48 },
                  { CREDVAULT_ED25519, CREDVAULT_ED25519_PURE, UINT32_MAX } };
    static const uint8_t hash[80];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        memset(&record, 0, sizeof(record));
        record.type = cases[i].type;
        assert_int_equal(key_material_generate(&record), CREDVAULT_SUCCESS);
        for (uint32_t size = 0; size <= sizeof(hash); size++) {
            assert_int_equal(sign(cases[i].algorithm, CREDVAULT_SIGN_HASHED, hash, size),
                             size == cases[i].size ? CREDVAULT_SUCCESS : CREDVAULT_BAD_REQUEST);
        }
    }
}

static void requests_refused(void **state)
{
    static uint8_t longest[sizeof(struct credvault_sign) + CREDVAULT_MAX_MESSAGE + 1];
    struct credvault_sign header = { 7, CREDVAULT_ECDSA_SHA256, 0, CREDVAULT_MAX_MESSAGE };

    (void)state;
    hex_record(CREDVAULT_P256, private256);
    memcpy(longest, &header, sizeof(header));
    assert_int_equal(vault_use(&use, CREDVAULT_SIGN, longest, sizeof(longest) - 1), CREDVAULT_SUCCESS);
    vault_each_reserved(&use, CREDVAULT_SIGN, longest, sizeof(longest) - 1, 8, 8); /* flags and size */
    header.size++;
    memcpy(longest, &header, sizeof(header));
    assert_int_equal(vault_use(&use, CREDVAULT_SIGN, longest, sizeof(longest)), CREDVAULT_BAD_REQUEST);
}

/* Room for the algorithm's longest signature: which key it is, is not known before the use is charged. */
static void replies_that_do_not_fit(void **state)
{
    static const uint32_t sizes[] = { 0, 64, 96, 64, 384, 384 };

    (void)state;
    for (uint32_t algorithm = CREDVAULT_ECDSA_SHA256; algorithm <= CREDVAULT_RSA_PKCS1_SHA256; algorithm++) {
        hex_record(CREDVAULT_P256, private256);
        use.capacity = sizes[algorithm] - 1;
        assert_int_equal(sign(algorithm, 0, "", 0), CREDVAULT_BAD_REQUEST);
        use.capacity = sizes[algorithm];
        assert_int_equal(sign(algorithm, 0, "", 0), algorithm == CREDVAULT_ECDSA_SHA256 ? CREDVAULT_SUCCESS : CREDVAULT_WRONG_TYPE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(ecdsa_as_published, fresh),
        cmocka_unit_test_setup(ed25519_as_published, fresh),
        cmocka_unit_test_setup(openssl_agrees, fresh),
        cmocka_unit_test_setup(deterministic, fresh),
        cmocka_unit_test_setup(every_pair_of_type_and_algorithm, fresh),
        cmocka_unit_test_setup(sizes_of_hashes, fresh),
        cmocka_unit_test_setup(requests_refused, fresh),
        cmocka_unit_test_setup(replies_that_do_not_fit, fresh),
    };

    return cmocka_run_group_tests(tests, support_psa_start, support_psa_stop);
}
