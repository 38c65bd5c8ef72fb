#include "keys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <crypto/signed_image.h>
#include <sodium.h>

#include "files.h"
#include "p256.h"
#include "words.h"

#define LINE_SIZE 256u

/* What stands behind the algorithm's name: nobody is to take one file for the other. */
#define SECRET "-secret"
#define PUBLIC ""

/* The algorithm of "NAME", a name and the suffix; 0 for anything else. */
static uint32_t parse_name(const char *text, size_t length, const char *suffix)
{
    size_t suffix_length = strlen(suffix);
    char name[32] = { 0 };

    if (length >= sizeof(name) || length < suffix_length ||
        memcmp(text + length - suffix_length, suffix, suffix_length) != 0) {
        return 0;
    }
    memcpy(name, text, length - suffix_length);
    return algorithm_by_name(name);
}

/* "NAME HEX" and the line's end. Returns the number of bytes, 0 for anything else. */
static size_t parse_line(const char *text, size_t length, const char *suffix, uint32_t *algorithm,
                         uint8_t bytes[SIGNED_IMAGE_MAX_PUBLIC_KEY])
{
    const char *blank = strchr(text, ' ');
    const char *digits = blank != NULL ? blank + 1 : text;
    size_t size = 0;

    if (length == 0 || text[length - 1] != '\n' || strlen(text) != length) {
        return 0;
    }
    *algorithm = blank != NULL             ? parse_name(text, (size_t)(blank - text), suffix)
                 : strcmp(suffix, SECRET) == 0 ? SIGNED_IMAGE_ED25519
                                               : 0;
    if (*algorithm == 0 || sodium_hex2bin(bytes, SIGNED_IMAGE_MAX_PUBLIC_KEY, digits, (size_t)(text + length - 1 - digits),
                                          NULL, &size, NULL) != 0) {
        return 0;
    }
    return size;
}

static size_t read_line(const char *path, const char *suffix, uint32_t *algorithm, uint8_t bytes[SIGNED_IMAGE_MAX_PUBLIC_KEY])
{
    struct buffer file = read_file(path, LINE_SIZE);
    size_t size = parse_line((char *)file.data, file.size, suffix, algorithm, bytes);

    sodium_memzero(file.data, file.size);
    free(file.data);
    return size;
}

static void write_line(const char *path, const char *suffix, uint32_t algorithm, const uint8_t *bytes, size_t size, mode_t mode)
{
    char text[LINE_SIZE];
    int start = snprintf(text, sizeof(text), "%s%s ", algorithm_name(algorithm), suffix);
    size_t length = (size_t)start + 2 * size;

    hex_print(bytes, size, text + start);
    text[length++] = '\n';
    write_file(path, text, length, mode);
    sodium_memzero(text, sizeof(text));
}

/* Fills in the public half. */
static bool complete(struct private_key *key)
{
    uint8_t secret[crypto_sign_SECRETKEYBYTES];

    if (key->public_key.algorithm == SIGNED_IMAGE_ECDSA_P256_SHA256) {
        return p256_public(key->secret, key->public_key.bytes);
    }
    crypto_sign_seed_keypair(key->public_key.bytes, secret, key->secret);
    sodium_memzero(secret, sizeof(secret));
    return true;
}

struct private_key key_generate(uint32_t algorithm)
{
    struct private_key key = { .public_key = { .algorithm = algorithm } };

    /* Nearly every number is a P-256 key; those that are not are drawn again. */
    do {
        randombytes_buf(key.secret, sizeof(key.secret));
    } while (!complete(&key));
    return key;
}

struct private_key key_read_private(const char *path)
{
    struct private_key key = { 0 };
    uint8_t bytes[SIGNED_IMAGE_MAX_PUBLIC_KEY];
    struct stat status;

    if (stat(path, &status) != 0) {
        fail("%s: %s", path, strerror(errno));
    }
    if ((status.st_mode & 077) != 0) {
        fail("%s: readable by others (mode %04o, must be 0600)", path, (unsigned)status.st_mode & 07777);
    }
    if (read_line(path, SECRET, &key.public_key.algorithm, bytes) != sizeof(key.secret)) {
        fail("%s: not a key file (\"ed25519-secret\" or \"ecdsa-p256-secret\" and 64 hex digits)", path);
    }
    memcpy(key.secret, bytes, sizeof(key.secret));
    sodium_memzero(bytes, sizeof(bytes));
    if (!complete(&key)) {
        fail("%s: the number is no P-256 key", path);
    }
    return key;
}

struct public_key key_read_public(const char *path)
{
    struct public_key key = { 0 };
    size_t size = read_line(path, PUBLIC, &key.algorithm, key.bytes);

    if (size == 0 || size != signed_image_key_size(key.algorithm)) {
        fail("%s: not a public key file (\"ed25519\" and 64 hex digits, or \"ecdsa-p256\" and 130)", path);
    }
    if (key.algorithm == SIGNED_IMAGE_ECDSA_P256_SHA256 && !p256_is_point(key.bytes)) {
        fail("%s: not a point of P-256, uncompressed", path);
    }
    return key;
}

void key_write_private(const char *path, const struct private_key *key)
{
    write_line(path, SECRET, key->public_key.algorithm, key->secret, sizeof(key->secret), 0600);
}

void key_write_public(const char *path, const struct public_key *key)
{
    write_line(path, PUBLIC, key->algorithm, key->bytes, signed_image_key_size(key->algorithm), 0644);
}

void key_sign(const struct private_key *key, const uint8_t *data, size_t size, struct signed_image_signature *block)
{
    uint8_t secret[crypto_sign_SECRETKEYBYTES], public_key[crypto_sign_PUBLICKEYBYTES], hash[crypto_hash_sha256_BYTES];

    *block = (struct signed_image_signature){ .algorithm = key->public_key.algorithm };
    memcpy(block->public_key, key->public_key.bytes, signed_image_key_size(block->algorithm));
    if (block->algorithm == SIGNED_IMAGE_ECDSA_P256_SHA256) {
        crypto_hash_sha256(hash, data, size);
        p256_sign(key->secret, hash, block->signature);
        return;
    }
    crypto_sign_seed_keypair(public_key, secret, key->secret);
    crypto_sign_detached(block->signature, NULL, data, size, secret);
    sodium_memzero(secret, sizeof(secret));
}

struct image_owner key_owner(const struct public_key *key)
{
    struct image_owner owner = { .magic = IMAGE_OWNER_MAGIC, .version = IMAGE_OWNER_VERSION };
    struct signed_image_signature block = { .algorithm = key->algorithm };

    memcpy(block.public_key, key->bytes, sizeof(block.public_key));
    signed_image_key_hash(&block, owner.key_hash);
    return owner;
}
