/* ECDSA over P-256: RFC 6979's signatures, every flipped bit, numbers at the edges of their ranges, keys that are none. */
#include "support.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>

#include <ecdsa_p256.h>

/* RFC 6979, "ECDSA, 256 Bits (Prime Field)". */
static const char key_hex[] = "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                              "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";

struct vector {
    const char *hash; /* SHA-256 of the message */
    const char *signature;
};

static const struct vector vectors[] = {
    { "af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf", /* "sample" */
      "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
      "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8" },
    { "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", /* "test" */
      "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
      "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083" },
};

/* FIPS 186-5's P-256: the order of its base point and the prime of its field. */
static const char order[] = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
static const char prime[] = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";

struct fixture {
    uint8_t key[65], hash[32], signature[64];
};

static struct fixture load(const struct vector *vector)
{
    struct fixture fixture;

    support_hex(key_hex, fixture.key);
    support_hex(vector->hash, fixture.hash);
    support_hex(vector->signature, fixture.signature);
    return fixture;
}

static bool verify(const struct fixture *fixture)
{
    return ecdsa_p256_verify(fixture->key, fixture->hash, fixture->signature);
}

static void published_signatures(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct fixture fixture = load(&vectors[i]);

        assert_true(verify(&fixture));
        support_hex(vectors[1 - i].hash, fixture.hash);
        assert_false(verify(&fixture));
    }
}

static void every_bit(void **state)
{
    struct fixture fixture = load(&vectors[0]);
    uint8_t *bytes = (uint8_t *)&fixture;

    (void)state;
    for (size_t bit = 0; bit < 8 * sizeof(fixture); bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(verify(&fixture));
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_true(verify(&fixture));
}

/* r and s must be from 1 to the order less 1. */
static void numbers_out_of_range(void **state)
{
    (void)state;
    for (size_t half = 0; half < 64; half += 32) {
        struct fixture fixture = load(&vectors[0]);

        memset(fixture.signature + half, 0, 32);
        assert_false(verify(&fixture));
        support_hex(order, fixture.signature + half);
        assert_false(verify(&fixture));
        memset(fixture.signature + half, 0xff, 32);
        assert_false(verify(&fixture));
    }
}

static void keys_that_are_none(void **state)
{
    static const uint8_t forms[] = { 0x00, 0x01, 0x02, 0x03, 0x05, 0x06, 0x07, 0xff };
    struct fixture fixture = load(&vectors[0]);

    (void)state;
    for (size_t i = 0; i < sizeof(forms); i++) {
        fixture.key[0] = forms[i];
        assert_false(verify(&fixture));
    }
    fixture = load(&vectors[0]);
    memset(fixture.key + 1, 0, 64);
    assert_false(verify(&fixture));
    fixture = load(&vectors[0]);
    support_hex(prime, fixture.key + 1);
    assert_false(verify(&fixture));
    memset(fixture.key, 0, sizeof(fixture.key));
    assert_false(verify(&fixture));
}

static sigjmp_buf away;

static void leave(int signal)
{
    (void)signal;
    siglongjmp(away, 1);
}

/* Interrupts one verification after the given time. False: it was through before. */
static bool interrupted_after(const struct fixture *fixture, int microseconds)
{
    const struct itimerval once = { .it_value = { .tv_usec = microseconds } };

    if (sigsetjmp(away, 1) != 0) {
        return true;
    }
    setitimer(ITIMER_REAL, &once, NULL);
    verify(fixture);
    setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL);
    return false;
}

/* Whose stack is gone in its middle, wherever that is, holds up nobody. */
static void a_verification_that_was_given_up(void **state)
{
    const struct fixture fixture = load(&vectors[0]);
    unsigned interrupted = 0;

    (void)state;
    signal(SIGALRM, leave);
    for (int microseconds = 20; microseconds < 2000; microseconds += 20) {
        interrupted += interrupted_after(&fixture, microseconds);
        ecdsa_p256_abandon();
        assert_true(verify(&fixture));
    }
    signal(SIGALRM, SIG_DFL);
    assert_true(interrupted > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_signatures),
        cmocka_unit_test(every_bit),
        cmocka_unit_test(numbers_out_of_range),
        cmocka_unit_test(keys_that_are_none),
        cmocka_unit_test(a_verification_that_was_given_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
