/* Signed containers: RFC 8032's keys through the real path, every field, hostile sizes. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include <crypto/signed_image.h>
#include <crypto_hash_sha256.h>
#include <crypto_sign_ed25519.h>

#define HEADER_AT  sizeof(struct signed_image_signature)
#define PAYLOAD_AT SIGNED_IMAGE_PAYLOAD_OFFSET
#define KEY_AT     offsetof(struct signed_image_signature, public_key)
#define PAYLOAD    "payload of an image"

/* RFC 8032, "Test Vectors for Ed25519", TEST 1: seed, public key. */
static const char seed_hex[] = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
static const char public_hex[] = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

struct fixture {
    uint8_t secret_key[64];
    struct image_owner owner;
    uint8_t file[PAYLOAD_AT + sizeof(PAYLOAD)];
};

static struct signed_image_header good_header(void)
{
    return (struct signed_image_header){
        .magic = SIGNED_IMAGE_MAGIC,
        .header_size = sizeof(struct signed_image_header),
        .kind = SIGNED_IMAGE_TRUSTLET,
        .payload_size = sizeof(PAYLOAD),
        .security_version = 7,
        .identity = { 0xf6, 0xa2, 1 },
        .name = "vault",
        .heap_pages = 16,
        .stack_pages = 4,
        .max_sessions = 2,
        .max_instances = 1,
        .syscalls = 0x383,
    };
}

static void sign(struct fixture *fixture, const struct signed_image_header *header)
{
    struct signed_image_signature block = { .algorithm = SIGNED_IMAGE_ED25519 };

    memcpy(block.public_key, fixture->secret_key + 32, 32);
    memcpy(fixture->file + HEADER_AT, header, sizeof(*header));
    memcpy(fixture->file + PAYLOAD_AT, PAYLOAD, sizeof(PAYLOAD));
    crypto_sign_ed25519_detached(block.signature, NULL, fixture->file + HEADER_AT, sizeof(fixture->file) - HEADER_AT,
                                 fixture->secret_key);
    memcpy(fixture->file, &block, sizeof(block));
}

static void own(struct fixture *fixture, const uint8_t key[32])
{
    crypto_hash_sha256(fixture->owner.key_hash, key, 32);
}

/* The secret key of libsodium is seed || public key. */
static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct signed_image_header header = good_header();

    support_hex(seed_hex, fixture->secret_key);
    support_hex(public_hex, fixture->secret_key + 32);
    fixture->owner = (struct image_owner){ .magic = IMAGE_OWNER_MAGIC, .version = IMAGE_OWNER_VERSION };
    own(fixture, fixture->secret_key + 32);
    sign(fixture, &header);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    free(*state);
    return 0;
}

/* Checks a copy of exactly size bytes, so that ASan sees a read behind the end; outputs must be untouched unless OK. */
static enum signed_image_result check(const struct fixture *fixture, size_t size, enum signed_image_kind kind)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    struct signed_image_header header;
    struct signed_image_header untouched;
    const void *payload = fixture;
    size_t payload_size = 12345;
    enum signed_image_result result;

    memset(&header, 0xa5, sizeof(header));
    untouched = header;
    memcpy(copy, fixture->file, size);
    result = signed_image_check(copy, size, kind, &fixture->owner, &header, &payload, &payload_size);
    if (result == SIGNED_IMAGE_OK) {
        assert_memory_equal(&header, fixture->file + HEADER_AT, sizeof(header));
        assert_ptr_equal(payload, copy + PAYLOAD_AT);
        assert_int_equal(payload_size, sizeof(PAYLOAD));
    } else {
        assert_memory_equal(&header, &untouched, sizeof(header));
        assert_ptr_equal(payload, fixture);
        assert_int_equal(payload_size, 12345);
    }
    free(copy);
    return result;
}

struct rfc8032_vector {
    const char *public_key;
    const char *message;
    const char *signature;
};

static const struct rfc8032_vector rfc8032[] = {
    { "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
      "d25bf5f0595bbe24655141438e7a100b" },
    { "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
      "387b2eaeb4302aeeb00d291612bb0c00" },
    { "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
      "4a7c15e9716ed28dc027beceea1ec40a" },
};

static void published_signatures(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rfc8032) / sizeof(rfc8032[0]); i++) {
        uint8_t key[32];
        uint8_t message[2];
        uint8_t signature[64];
        size_t size = support_hex(rfc8032[i].message, message);

        support_hex(rfc8032[i].public_key, key);
        support_hex(rfc8032[i].signature, signature);
        assert_int_equal(crypto_sign_ed25519_verify_detached(signature, message, size, key), 0);
        signature[i] ^= 1;
        assert_int_not_equal(crypto_sign_ed25519_verify_detached(signature, message, size, key), 0);
    }
}

static void good_image(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(check(fixture, sizeof(fixture->file), SIGNED_IMAGE_TRUSTLET), SIGNED_IMAGE_OK);
    assert_int_equal(check(fixture, sizeof(fixture->file), SIGNED_IMAGE_SECURE_KERNEL), SIGNED_IMAGE_WRONG_KIND);
}

/* What one flipped bit of a good file is refused as. */
static enum signed_image_result changed_at(size_t byte)
{
    size_t signature_at = offsetof(struct signed_image_signature, signature);

    if (byte >= KEY_AT && byte < KEY_AT + 32) {
        return SIGNED_IMAGE_WRONG_KEY;
    }
    if (byte >= HEADER_AT || (byte >= signature_at && byte < signature_at + SIGNED_IMAGE_SIGNATURE_SIZE)) {
        return SIGNED_IMAGE_BAD_SIGNATURE;
    }
    return SIGNED_IMAGE_BAD_ALGORITHM;
}

static void every_bit(void **state)
{
    struct fixture *fixture = *state;

    for (size_t bit = 0; bit < 8 * sizeof(fixture->file); bit++) {
        fixture->file[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(check(fixture, sizeof(fixture->file), SIGNED_IMAGE_TRUSTLET), changed_at(bit / 8));
        fixture->file[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void every_truncation(void **state)
{
    struct fixture *fixture = *state;

    for (size_t size = 0; size < sizeof(fixture->file); size++) {
        assert_int_equal(check(fixture, size, SIGNED_IMAGE_TRUSTLET),
                         size <= PAYLOAD_AT ? SIGNED_IMAGE_BAD_SIZE : SIGNED_IMAGE_BAD_SIGNATURE);
    }
}

static void too_large(void **state)
{
    struct fixture *fixture = *state;
    struct signed_image_header header;
    const void *payload;
    size_t size;

    /* Refused by its size alone: the memory behind is not there. */
    assert_int_equal(signed_image_check(fixture->file, SIGNED_IMAGE_MAX_SIZE + 1, SIGNED_IMAGE_TRUSTLET,
                                        &fixture->owner, &header, &payload, &size), SIGNED_IMAGE_BAD_SIZE);
    assert_int_equal(signed_image_check(fixture->file, SIZE_MAX, SIGNED_IMAGE_TRUSTLET, &fixture->owner, &header,
                                        &payload, &size), SIGNED_IMAGE_BAD_SIZE);
}

static void other_key(void **state)
{
    struct fixture *fixture = *state;
    uint8_t key[32];

    support_hex(rfc8032[1].public_key, key);
    own(fixture, key);
    assert_int_equal(check(fixture, sizeof(fixture->file), SIGNED_IMAGE_TRUSTLET), SIGNED_IMAGE_WRONG_KEY);
    memcpy(fixture->file + KEY_AT, key, sizeof(key));
    assert_int_equal(check(fixture, sizeof(fixture->file), SIGNED_IMAGE_TRUSTLET), SIGNED_IMAGE_BAD_SIGNATURE);
}

/* An owner whose key is a point of small order would accept what anybody signs. */
static void weak_key(void **state)
{
    struct fixture *fixture = *state;
    static const uint8_t weak[][32] = { { 0 }, { 1 } };

    for (size_t i = 0; i < 2; i++) {
        own(fixture, weak[i]);
        memcpy(fixture->file + KEY_AT, weak[i], sizeof(weak[i]));
        assert_int_equal(check(fixture, sizeof(fixture->file), SIGNED_IMAGE_TRUSTLET), SIGNED_IMAGE_BAD_SIGNATURE);
    }
}

/* The fixture's version is 7. */
static void version_floor(void **state)
{
    struct fixture *fixture = *state;
    struct signed_image_header header = good_header();
    struct image_floor *floor = &fixture->owner.floors[1];

    fixture->owner.floor_count = 2;
    fixture->owner.floors[0] = (struct image_floor){ .identity = { 9 }, .security_version = 100 };
    memcpy(floor->identity, header.identity, 16);
    floor->security_version = 7;
    assert_true(image_owner_ok(&fixture->owner));
    assert_int_equal(check(fixture, sizeof(fixture->file), SIGNED_IMAGE_TRUSTLET), SIGNED_IMAGE_OK);
    floor->security_version = 8;
    assert_int_equal(check(fixture, sizeof(fixture->file), SIGNED_IMAGE_TRUSTLET), SIGNED_IMAGE_BELOW_FLOOR);
}

static void owner_block(void **state)
{
    struct fixture *fixture = *state;
    struct image_owner good = fixture->owner;
    struct image_owner bad[8];

    good.floor_count = 2;
    good.floors[0].identity[15] = 1;
    good.floors[1].identity[15] = 2;
    assert_true(image_owner_ok(&good));
    for (size_t i = 0; i < 8; i++) {
        bad[i] = good;
    }
    bad[0].magic++;
    bad[1].version++;
    bad[2].floor_count = IMAGE_OWNER_MAX_FLOORS + 1;
    memset(bad[3].key_hash, 0, sizeof(bad[3].key_hash));
    bad[4].floors[0].identity[15] = 2;
    bad[5].floors[1].identity[15] = 0;
    bad[6].floors[1].reserved = 1;
    bad[7].floor_count = 1;
    for (size_t i = 0; i < 8; i++) {
        assert_false(image_owner_ok(&bad[i]));
    }
}

/* SHA-256 of what is behind the signature block, whoever signed it. */
static void measurement(void **state)
{
    struct fixture *fixture = *state;
    uint8_t first[32], second[32];

    signed_image_measure(fixture->file, sizeof(fixture->file), first);
    crypto_hash_sha256(second, fixture->file + HEADER_AT, sizeof(fixture->file) - HEADER_AT);
    assert_memory_equal(first, second, sizeof(first));
    fixture->file[0] ^= 1;
    signed_image_measure(fixture->file, sizeof(fixture->file), second);
    assert_memory_equal(first, second, sizeof(first));
    fixture->file[sizeof(fixture->file) - 1] ^= 1;
    signed_image_measure(fixture->file, sizeof(fixture->file), second);
    assert_memory_not_equal(first, second, sizeof(first));
}

/* Signed by the right key and still outside the contract. */
struct bad_field {
    size_t offset;
    size_t size;
    uint64_t value;
};

#define FIELD(name, bad) { offsetof(struct signed_image_header, name), sizeof(((struct signed_image_header *)0)->name), bad }

static const struct bad_field bad_fields[] = {
    FIELD(magic, SIGNED_IMAGE_MAGIC + 1),
    FIELD(header_size, sizeof(struct signed_image_header) - 1),
    FIELD(header_size, sizeof(struct signed_image_header) + 1),
    FIELD(kind, 0),
    FIELD(kind, 3),
    FIELD(payload_size, 0),
    FIELD(payload_size, sizeof(PAYLOAD) - 1),
    FIELD(payload_size, sizeof(PAYLOAD) + 1),
    FIELD(payload_size, UINT64_MAX),
    FIELD(flags, 2),
    FIELD(flags, 3),
    FIELD(flags, 0x80000000),
    FIELD(stack_pages, 0),
    FIELD(max_sessions, 0),
    FIELD(max_instances, 0),
    { offsetof(struct signed_image_header, identity), 8, 0 },    /* the fixture's identity has no bits behind the first 8 bytes */
    { offsetof(struct signed_image_header, name), 1, 0 },        /* empty, with text behind the terminator */
    { offsetof(struct signed_image_header, name), 1, '\n' },
    { offsetof(struct signed_image_header, name) + 31, 1, 'x' }, /* text behind the terminator */
    { offsetof(struct signed_image_header, reserved), 1, 1 },
    { offsetof(struct signed_image_header, reserved) + 55, 1, 1 },
};

static void signed_but_malformed(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof(bad_fields) / sizeof(bad_fields[0]); i++) {
        struct signed_image_header header = good_header();

        memcpy((uint8_t *)&header + bad_fields[i].offset, &bad_fields[i].value, bad_fields[i].size);
        sign(fixture, &header);
        assert_int_equal(check(fixture, sizeof(fixture->file), SIGNED_IMAGE_TRUSTLET), SIGNED_IMAGE_BAD_HEADER);
    }
}

static void unterminated_name(void **state)
{
    struct fixture *fixture = *state;
    struct signed_image_header header = good_header();

    memset(header.name, 'x', sizeof(header.name));
    sign(fixture, &header);
    assert_int_equal(check(fixture, sizeof(fixture->file), SIGNED_IMAGE_TRUSTLET), SIGNED_IMAGE_BAD_HEADER);
}

static void secure_kernel_has_no_limits(void **state)
{
    struct fixture *fixture = *state;
    struct signed_image_header header = good_header();

    header.kind = SIGNED_IMAGE_SECURE_KERNEL;
    sign(fixture, &header);
    assert_int_equal(check(fixture, sizeof(fixture->file), SIGNED_IMAGE_SECURE_KERNEL), SIGNED_IMAGE_BAD_HEADER);
    header.heap_pages = header.stack_pages = header.max_sessions = header.max_instances = 0;
    header.syscalls = 0;
    sign(fixture, &header);
    assert_int_equal(check(fixture, sizeof(fixture->file), SIGNED_IMAGE_SECURE_KERNEL), SIGNED_IMAGE_OK);
}

static void every_result_has_words(void **state)
{
    (void)state;
    for (int i = SIGNED_IMAGE_OK; i <= SIGNED_IMAGE_BELOW_FLOOR; i++) {
        assert_string_not_equal(signed_image_result_text((enum signed_image_result)i), "unknown result");
    }
    assert_string_equal(signed_image_result_text((enum signed_image_result)99), "unknown result");
    for (uint32_t fault = 1; fault != SIGNED_IMAGE_FAULT_END; fault <<= 1) {
        assert_string_not_equal(signed_image_fault_text((enum signed_image_fault)fault), "unknown fault");
    }
    assert_string_equal(signed_image_fault_text(SIGNED_IMAGE_FAULT_END), "unknown fault");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_signatures),
        cmocka_unit_test_setup_teardown(good_image, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_bit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_truncation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_large, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(weak_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(version_floor, set_up, tear_down),
        cmocka_unit_test_setup_teardown(owner_block, set_up, tear_down),
        cmocka_unit_test_setup_teardown(measurement, set_up, tear_down),
        cmocka_unit_test_setup_teardown(signed_but_malformed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unterminated_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(secure_kernel_has_no_limits, set_up, tear_down),
        cmocka_unit_test(every_result_has_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
