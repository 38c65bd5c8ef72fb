/* Published signatures with one bit changed, each bit in its turn: none of them verifies, for every algorithm and key size. */
#include "support.h"

#include <string.h>

#include <vectors/judges.h>

/* The fields of an algorithm's records that are the signature. */
struct place {
    published_judge *judge;
    unsigned first, fields;
    unsigned keys; /* how many sizes of keys there are */
};

static void every_bit(const struct place *place, struct published_record record)
{
    for (unsigned i = place->first; i < place->first + place->fields; i++) {
        const struct published_field whole = record.fields[i];
        uint8_t changed[512];

        memcpy(changed, whole.data, whole.size);
        record.fields[i].data = changed;
        for (size_t bit = 0; bit < 8 * whole.size; bit++) {
            changed[bit / 8] ^= (uint8_t)(1u << (bit % 8));
            assert_int_equal(place->judge(&record), VERDICT_REFUSED);
            changed[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        }
        record.fields[i] = whole;
    }
    assert_int_equal(place->judge(&record), VERDICT_ACCEPTED);
}

/* The first valid record of each size of signatures, which is that of keys. */
static unsigned run_set(const struct published_set *set, const struct place *place)
{
    const uint8_t *at = set->records;
    size_t last = 0;
    unsigned keys = 0;

    for (uint32_t i = 0; i < set->count; i++) {
        struct published_record record = published_next(&at);

        if (record.valid && record.fields[place->first].size > last) {
            last = record.fields[place->first].size;
            every_bit(place, record);
            keys++;
        }
    }
    return keys;
}

static void run(const struct place *place)
{
    for (uint32_t i = 0; i < published_set_count; i++) {
        if (published_sets[i].judge == place->judge) {
            assert_int_equal(run_set(&published_sets[i], place), place->keys);
            return;
        }
    }
    fail_msg("no such set");
}

static void ecdsa(void **state)
{
    (void)state;
    run(&(struct place){ judge_ecdsa_verify, 2, 2, 2 }); /* x, y, r, s: P-256 and P-384 */
}

static void ed25519(void **state)
{
    (void)state;
    run(&(struct place){ judge_ed25519, 3, 1, 1 });
}

static void rsa_pkcs1(void **state)
{
    (void)state;
    run(&(struct place){ judge_rsa_pkcs1_verify, 2, 1, 2 }); /* 2048 and 3072 bits */
}

static void rsa_pss(void **state)
{
    (void)state;
    run(&(struct place){ judge_rsa_pss_verify, 2, 1, 2 });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ecdsa),
        cmocka_unit_test(ed25519),
        cmocka_unit_test(rsa_pkcs1),
        cmocka_unit_test(rsa_pss),
    };

    return cmocka_run_group_tests(tests, support_psa_start, support_psa_stop);
}
