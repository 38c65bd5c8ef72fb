/* RSA keys from outside: right ones, and each way of not being one. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include <psa/crypto.h>

#include <mbedtls/bignum.h>

#include "der.h"
#include "key_material.h"
#include "key_rsa.h"
#include "vault-write.h"

/* The numbers of an RSAPrivateKey in its order, the version first. */
enum { VERSION, N, E, D, P, Q, DP, DQ, QINV, NUMBERS };

struct key {
    uint8_t number[NUMBERS][512];
    size_t size[NUMBERS];
};

static struct record record, other;
static struct key key;
static struct writer der;

static enum credvault_status import(uint32_t type, const uint8_t *bytes, size_t size)
{
    static const struct record none;
    uint8_t *copy = malloc(size > 0 ? size : 1);
    enum credvault_status status;

    memset(&other, 0xa5, sizeof(other));
    other.type = type;
    memcpy(copy, bytes, size);
    status = key_material_import(&other, copy, (uint32_t)size);
    free(copy);
    if (status != CREDVAULT_SUCCESS) {
        assert_int_equal(other.secret_size, 0);
        assert_int_equal(other.public_key_size, 0);
        assert_memory_equal(other.secret, none.secret, sizeof(none.secret));
        assert_memory_equal(other.public_key, none.public_key, sizeof(none.public_key));
    }
    return status;
}

static void draw(uint32_t type)
{
    memset(&record, 0, sizeof(record));
    record.type = type;
    assert_int_equal(key_material_generate(&record), CREDVAULT_SUCCESS);
}

/* The drawn key's numbers. */
static void take_apart(void)
{
    struct der all = { record.secret, record.secret_size }, sequence, number;

    assert_true(der_take(&all, DER_SEQUENCE, &sequence));
    for (unsigned i = 0; i < NUMBERS; i++) {
        assert_true(der_take_natural(&sequence, &number));
        memcpy(key.number[i], number.at, number.size);
        key.size[i] = number.size;
    }
    assert_int_equal(sequence.size, 0);
}

static void put_together(unsigned count)
{
    write_start(&der);
    while (count-- > 0) {
        if (key.size[count] > 0) {
            write_natural(&der, key.number[count], key.size[count]);
        } else {
            write_natural(&der, (const uint8_t *)"", 1);
        }
    }
    write_wrap(&der, DER_SEQUENCE, 0);
}

static enum credvault_status import_key(unsigned count)
{
    put_together(count);
    return import(CREDVAULT_RSA_2048, write_begin(&der), write_size(&der));
}

static void drawn_and_imported(void **state)
{
    static const uint32_t types[] = { CREDVAULT_RSA_2048, CREDVAULT_RSA_3072 };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        draw(types[i]);
        take_apart();
        assert_int_equal(key.size[N], i == 0 ? 256 : 384);
        assert_int_equal(import(types[i], record.secret, record.secret_size), CREDVAULT_SUCCESS);
        assert_memory_equal(other.secret, record.secret, sizeof(other.secret));
        assert_int_equal(other.public_key_size, record.public_key_size);
        assert_memory_equal(other.public_key, record.public_key, sizeof(other.public_key));
        assert_int_equal(import(types[1 - i], record.secret, record.secret_size), CREDVAULT_REFUSED);
        assert_int_equal(import(CREDVAULT_P256, record.secret, record.secret_size), CREDVAULT_REFUSED);
    }
}

static void each_number_changed(void **state)
{
    (void)state;
    for (unsigned i = 0; i < NUMBERS; i++) {
        for (unsigned bit = 1; bit <= 0x80; bit <<= 1) {
            size_t at = key.size[i] > 0 ? bit % key.size[i] : 0, size = key.size[i];

            key.number[i][at] ^= (uint8_t)bit;
            key.size[i] += size == 0;
            assert_int_equal(import_key(NUMBERS), CREDVAULT_REFUSED);
            key.number[i][at] ^= (uint8_t)bit;
            key.size[i] = size;
        }
    }
    assert_int_equal(import_key(NUMBERS), CREDVAULT_SUCCESS);
}

/* Zero and one in each place: nothing is divided by. */
static void each_number_small(void **state)
{
    (void)state;
    for (unsigned i = 0; i < NUMBERS; i++) {
        struct key right = key;

        for (uint8_t value = 0; value < 3; value++) {
            key.number[i][0] = value;
            key.size[i] = 1;
            assert_int_equal(import_key(NUMBERS), i == VERSION && value == 0 ? CREDVAULT_SUCCESS : CREDVAULT_REFUSED);
        }
        key = right;
    }
}

static void malformed(void **state)
{
    static uint8_t longer[CREDVAULT_MAX_SECRET + 1];
    size_t size;

    (void)state;
    put_together(NUMBERS);
    size = write_size(&der);
    for (size_t cut = 0; cut < size; cut++) {
        assert_int_equal(import(CREDVAULT_RSA_2048, write_begin(&der), cut), CREDVAULT_REFUSED);
    }
    memcpy(longer, write_begin(&der), size);
    assert_int_equal(import(CREDVAULT_RSA_2048, longer, size + 1), CREDVAULT_REFUSED);
    assert_int_equal(import(CREDVAULT_RSA_2048, longer, sizeof(longer)), CREDVAULT_REFUSED);
    for (unsigned count = 0; count < NUMBERS; count++) {
        assert_int_equal(import_key(count), CREDVAULT_REFUSED);
    }
    for (size_t at = 0; at < 8; at++) { /* tag, length, version, the modulus' tag */
        put_together(NUMBERS);
        for (unsigned value = 0; value < 256; value++) {
            memcpy(longer, write_begin(&der), size);
            if (longer[at] != value) {
                longer[at] = (uint8_t)value;
                assert_int_equal(import(CREDVAULT_RSA_2048, longer, size), CREDVAULT_REFUSED);
            }
        }
    }
}

/* PrivateKeyInfo (RFC 5208), which PSA's parser would take: the header of rsaEncryption and the key inside. */
static void pkcs8(void **state)
{
    static const char algorithm[] = "300d06092a864886f70d0101010500";
    uint8_t bytes[32];

    (void)state;
    put_together(NUMBERS);
    write_wrap(&der, DER_OCTET_STRING, 0);
    write_bytes(&der, bytes, support_hex(algorithm, bytes));
    write_natural(&der, (const uint8_t *)"", 1);
    write_wrap(&der, DER_SEQUENCE, 0);
    assert_int_equal(import(CREDVAULT_RSA_2048, write_begin(&der), write_size(&der)), CREDVAULT_REFUSED);
}

static void set(unsigned number, const mbedtls_mpi *value)
{
    key.size[number] = mbedtls_mpi_size(value);
    assert_int_equal(mbedtls_mpi_write_binary(value, key.number[number], key.size[number]), 0);
}

static int chance(void *context, unsigned char *to, size_t size)
{
    (void)context;
    return psa_generate_random(to, size) == PSA_SUCCESS ? 0 : -1;
}

enum { M_N, M_E, M_D, M_P, M_Q, M_LESS_P, M_LESS_Q, M_TEMPORARY, M_NUMBERS };

/* All from p, q and e, as they belong together, but for d, which is so much more. False: e has no inverse. */
static bool complete(mbedtls_mpi m[M_NUMBERS], int more)
{
    mbedtls_mpi *temporary = &m[M_TEMPORARY];

    if (mbedtls_mpi_sub_int(&m[M_LESS_P], &m[M_P], 1) != 0 || mbedtls_mpi_sub_int(&m[M_LESS_Q], &m[M_Q], 1) != 0 ||
        mbedtls_mpi_mul_mpi(&m[M_N], &m[M_P], &m[M_Q]) != 0 || mbedtls_mpi_mul_mpi(temporary, &m[M_LESS_P], &m[M_LESS_Q]) != 0 ||
        mbedtls_mpi_inv_mod(&m[M_D], &m[M_E], temporary) != 0 || mbedtls_mpi_add_int(&m[M_D], &m[M_D], more) != 0) {
        return false;
    }
    set(N, &m[M_N]);
    set(E, &m[M_E]);
    set(D, &m[M_D]);
    set(P, &m[M_P]);
    set(Q, &m[M_Q]);
    assert_int_equal(mbedtls_mpi_mod_mpi(temporary, &m[M_D], &m[M_LESS_P]), 0);
    set(DP, temporary);
    assert_int_equal(mbedtls_mpi_mod_mpi(temporary, &m[M_D], &m[M_LESS_Q]), 0);
    set(DQ, temporary);
    if (mbedtls_mpi_inv_mod(temporary, &m[M_Q], &m[M_P]) != 0) {
        return false;
    }
    set(QINV, temporary);
    return true;
}

static void draw_prime(mbedtls_mpi *number, bool prime)
{
    if (prime) { /* with the bits that make a modulus of 2048 */
        do {
            assert_int_equal(mbedtls_mpi_gen_prime(number, 1024, 0, chance, NULL), 0);
        } while (mbedtls_mpi_get_bit(number, 1022) == 0);
        return;
    }
    assert_int_equal(mbedtls_mpi_fill_random(number, 128, chance, NULL), 0);
    assert_int_equal(mbedtls_mpi_set_bit(number, 1023, 1), 0);
    assert_int_equal(mbedtls_mpi_set_bit(number, 1022, 1), 0);
    assert_int_equal(mbedtls_mpi_set_bit(number, 0, 1), 0);
}

static enum credvault_status import_made(bool prime, int exponent, int more)
{
    mbedtls_mpi m[M_NUMBERS];

    for (unsigned i = 0; i < M_NUMBERS; i++) {
        mbedtls_mpi_init(&m[i]);
    }
    assert_int_equal(mbedtls_mpi_lset(&m[M_E], exponent), 0);
    do {
        draw_prime(&m[M_P], prime);
        draw_prime(&m[M_Q], true);
    } while (!complete(m, more));
    for (unsigned i = 0; i < M_NUMBERS; i++) {
        mbedtls_mpi_free(&m[i]);
    }
    return import_key(NUMBERS);
}

/* Keys that this test makes: right as they are, refused with another e, a p that is no prime, or a d that fits its CRT's only. */
static void made_here(void **state)
{
    (void)state;
    key.size[VERSION] = 0;
    assert_int_equal(import_made(true, 65537, 0), CREDVAULT_SUCCESS);
    assert_int_equal(key_rsa_check(write_begin(&der), (uint32_t)write_size(&der)), CREDVAULT_SUCCESS);
    assert_int_equal(import_made(false, 65537, 0), CREDVAULT_REFUSED);
    assert_int_equal(import_made(true, 3, 0), CREDVAULT_REFUSED);
    assert_int_equal(import_made(true, 65539, 0), CREDVAULT_REFUSED);
    assert_int_equal(import_made(true, 65537, 2), CREDVAULT_REFUSED);
    assert_int_equal(key_rsa_check(write_begin(&der), (uint32_t)write_size(&der)), CREDVAULT_REFUSED);
}

static int begin(void **state)
{
    if (support_psa_start(state) != 0) {
        return -1;
    }
    draw(CREDVAULT_RSA_2048);
    take_apart();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_number_changed),
        cmocka_unit_test(each_number_small),
        cmocka_unit_test(malformed),
        cmocka_unit_test(pkcs8),
        cmocka_unit_test(made_here),
        cmocka_unit_test(drawn_and_imported),
    };

    return cmocka_run_group_tests(tests, begin, support_psa_stop);
}
