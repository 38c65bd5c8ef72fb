/* AGREE against published shared secrets, and every point that is none. */
#include "vault-use.h"

#include <string.h>

#include "key_material.h"

/* RFC 5903, sections 8.1 and 8.2: both private keys, the responder's point; then HKDF-SHA-256 of the shared x, by Python's hmac. */
static const struct {
    uint32_t type;
    const char *key, *peer_key, *peer, *derived;
} cases[] = {
    { CREDVAULT_P256, "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
      "c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53",
      "04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf6356fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f3303"
      "9872ab",
      "74ff6f554a9f8121ec1a386a6e0487e702d3b53acb886ca8c43c1c3ca5e58d45861ebf6099ecc5dd7012c49756e3d5bbd1e51730b209b93074e614537ae3e8e4" },
    { CREDVAULT_P384, "099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655e35b538041e649ee3faef896783ab194",
      "41cb0779b4bdb85d47846725fbec3c9430fab46cc8dc5060855cc9bda0aa2942e0308312916b8ed2960e4bd55a7448fc",
      "04e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d0d1ac43a0336def96fda41d0774a3571dcfbec7aacf3196472169e8384"
      "30367f66eebe3c6e70c416dd5f0c68759dd1fff83fa40142209dff5eaad96db9e6386c",
      "c33c67d0a5b016a896ce1bfb7bdc41fcc31fbf533b44d8660c2ab84062d4dca4b5079d276fa3056b3c3b7c43cd6049297664a37d4fa732fcaf156317ad8984db" },
};

static struct vault_use use;
static struct record record, other;
static uint8_t peer[128];
static uint32_t peer_size;

static int fresh(void **state)
{
    (void)state;
    memset(&use, 0, sizeof(use));
    use.record = &record;
    return 0;
}

static void prepare(size_t i)
{
    uint8_t secret[48];
    uint32_t size = (uint32_t)support_hex(cases[i].key, secret);

    vault_record(&record, cases[i].type, CREDVAULT_ALLOW_AGREE, secret, size);
    peer_size = (uint32_t)support_hex(cases[i].peer, peer);
}

static enum credvault_status agree(const char *info, uint32_t info_size, uint32_t out_size)
{
    const struct credvault_agree header = { 7, peer_size, info_size, out_size };
    uint8_t rest[sizeof(peer) + CREDVAULT_MAX_INFO + 1] = { 0 };

    memcpy(rest, peer, peer_size);
    memcpy(rest + peer_size, info, info_size);
    return vault_use_with(&use, CREDVAULT_AGREE, &header, sizeof(header), rest, peer_size + info_size);
}

static void as_published(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        prepare(i);
        assert_int_equal(agree("info", 4, 64), CREDVAULT_SUCCESS);
        support_assert_hex(use.reply, use.size, cases[i].derived);
    }
}

/* The other side gets the same, other information something else. */
static void both_sides(void **state)
{
    uint8_t first[64], secret[48];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        prepare(i);
        assert_int_equal(agree("info", 4, 64), CREDVAULT_SUCCESS);
        memcpy(first, use.reply, 64);
        memcpy(peer, record.public_key, record.public_key_size);
        vault_record(&other, cases[i].type, CREDVAULT_ALLOW_AGREE, secret, (uint32_t)support_hex(cases[i].peer_key, secret));
        use.record = &other;
        assert_int_equal(agree("info", 4, 64), CREDVAULT_SUCCESS);
        assert_memory_equal(use.reply, first, 64);
        assert_int_equal(agree("inf0", 4, 64), CREDVAULT_SUCCESS);
        assert_memory_not_equal(use.reply, first, 16);
        use.record = &record;
    }
}

static void points_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        prepare(i);
        for (uint32_t bit = 0; bit < 8 * peer_size; bit++) { /* x or y off the curve, or another form of point */
            peer[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_equal(agree("", 0, 32), CREDVAULT_REFUSED);
            peer[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        memset(peer + 1, 0xff, peer_size - 1); /* coordinates above the field's prime */
        assert_int_equal(agree("", 0, 32), CREDVAULT_REFUSED);
        memset(peer + 1, 0, peer_size - 1);
        assert_int_equal(agree("", 0, 32), CREDVAULT_REFUSED);
        peer[0] = 0; /* the point at infinity, as long as a point */
        assert_int_equal(agree("", 0, 32), CREDVAULT_REFUSED);
        peer_size = 1; /* and in its own form */
        assert_int_equal(agree("", 0, 32), CREDVAULT_BAD_REQUEST);
        prepare(i);
        peer[0] = 2; /* compressed */
        assert_int_equal(agree("", 0, 32), CREDVAULT_REFUSED);
        peer_size = 1 + (peer_size - 1) / 2;
        assert_int_equal(agree("", 0, 32), CREDVAULT_BAD_REQUEST);
    }
}

/* x of a point, y plus the field's prime: the same value, not the same bytes. P-256's prime of SEC 2. */
static void coordinates_not_reduced(void **state)
{
    uint8_t prime[32];
    unsigned carry = 0;

    (void)state;
    prepare(0);
    support_hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", prime);
    memset(peer + 1, 0, 32); /* x = 0: y is the root of b, small enough for no y + p of 32 bytes: x + p instead */
    support_hex("66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4", peer + 33);
    assert_int_equal(agree("", 0, 32), CREDVAULT_SUCCESS);
    for (int i = 31; i >= 0; i--) {
        carry += prime[i];
        peer[1 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    assert_int_equal(agree("", 0, 32), CREDVAULT_REFUSED);
}

static void of_the_other_curve(void **state)
{
    (void)state;
    prepare(0);
    peer_size = (uint32_t)support_hex(cases[1].peer, peer);
    assert_int_equal(agree("", 0, 32), CREDVAULT_WRONG_TYPE);
    prepare(1);
    peer_size = (uint32_t)support_hex(cases[0].peer, peer);
    assert_int_equal(agree("", 0, 32), CREDVAULT_WRONG_TYPE);
}

static void sizes(void **state)
{
    static char info[CREDVAULT_MAX_INFO + 1];

    (void)state;
    prepare(0);
    for (uint32_t size = 0; size <= 80; size++) {
        assert_int_equal(agree("", 0, size), size >= 16 && size <= 64 ? CREDVAULT_SUCCESS : CREDVAULT_BAD_REQUEST);
        assert_int_equal(use.size, size >= 16 && size <= 64 ? size : 0);
    }
    assert_int_equal(agree("", 0, UINT32_MAX), CREDVAULT_BAD_REQUEST);
    assert_int_equal(agree(info, CREDVAULT_MAX_INFO, 32), CREDVAULT_SUCCESS);
    assert_int_equal(agree(info, CREDVAULT_MAX_INFO + 1, 32), CREDVAULT_BAD_REQUEST);
    use.capacity = 31;
    assert_int_equal(agree("", 0, 32), CREDVAULT_BAD_REQUEST);
    use.capacity = 32;
    assert_int_equal(agree("", 0, 32), CREDVAULT_SUCCESS);
}

static void sizes_that_do_not_add_up(void **state)
{
    uint8_t request[sizeof(struct credvault_agree) + 65 + 8] = { 0 };
    struct credvault_agree header = { 7, 65, 8, 32 };

    (void)state;
    prepare(0);
    memcpy(request + sizeof(header), peer, 65);
    for (uint32_t info_size = 0; info_size < 20; info_size++) {
        header.info_size = info_size;
        memcpy(request, &header, sizeof(header));
        assert_int_equal(vault_use(&use, CREDVAULT_AGREE, request, sizeof(request)),
                         info_size == 8 ? CREDVAULT_SUCCESS : CREDVAULT_BAD_REQUEST);
    }
    header.info_size = (uint32_t)-57; /* 97 - 57 + ... wraps to what is there */
    header.peer_size = 65 + 57 + 8;
    memcpy(request, &header, sizeof(header));
    assert_int_equal(vault_use(&use, CREDVAULT_AGREE, request, sizeof(request)), CREDVAULT_BAD_REQUEST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(as_published, fresh),
        cmocka_unit_test_setup(both_sides, fresh),
        cmocka_unit_test_setup(points_refused, fresh),
        cmocka_unit_test_setup(coordinates_not_reduced, fresh),
        cmocka_unit_test_setup(of_the_other_curve, fresh),
        cmocka_unit_test_setup(sizes, fresh),
        cmocka_unit_test_setup(sizes_that_do_not_add_up, fresh),
    };

    return cmocka_run_group_tests(tests, support_psa_start, support_psa_stop);
}
