/*
 * Each of the processor's two sources on the machine the tests run on. The
 * choice between them hides one, so the file is taken in whole.
 */
#include "support.h"

#include "../../../crypto/entropy/processor.c"

static void try_source(const struct entropy_source *source)
{
    struct entropy entropy;
    uint8_t a[100];
    uint8_t b[100];

    assert_true(entropy_open(&entropy, source));
    assert_true(entropy_fill(&entropy, a, sizeof(a)));
    assert_true(entropy_fill(&entropy, b, sizeof(b)));
    assert_memory_not_equal(a, b, sizeof(a));
}

static void rdseed(void **state)
{
    (void)state;
    if ((cpuid(LEAF_EXTENDED_FEATURES).ebx & EXTENDED_EBX_RDSEED) == 0) {
        skip();
    }
    try_source(&rdseed_source);
}

static void rdrand(void **state)
{
    (void)state;
    if ((cpuid(LEAF_FEATURES).ecx & FEATURES_ECX_RDRAND) == 0) {
        skip();
    }
    try_source(&rdrand_source);
}

static void seed_is_preferred(void **state)
{
    bool seed = (cpuid(LEAF_EXTENDED_FEATURES).ebx & EXTENDED_EBX_RDSEED) != 0;
    bool rand = (cpuid(LEAF_FEATURES).ecx & FEATURES_ECX_RDRAND) != 0;

    (void)state;
    assert_ptr_equal(entropy_processor_source(), seed ? &rdseed_source : rand ? &rdrand_source : NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rdseed),
        cmocka_unit_test(rdrand),
        cmocka_unit_test(seed_is_preferred),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
