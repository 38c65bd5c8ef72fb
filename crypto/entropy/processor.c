#include <crypto/entropy.h>

#define LEAF_FEATURES          1u
#define LEAF_EXTENDED_FEATURES 7u
#define FEATURES_ECX_RDRAND    (1u << 30)
#define EXTENDED_EBX_RDSEED    (1u << 18)

/*
 * Intel, "Digital Random Number Generator (DRNG) Software Implementation
 * Guide", section "RDRAND retry recommendations": ten failures in a row mean a
 * broken processor. RDSEED runs dry under load and is worth a longer wait.
 */
#define RDRAND_TRIES 10u
#define RDSEED_TRIES 100000u

/*
 * RDSEED: 64 words for 512 bits, twice what the 32 bits claimed of each word ask for
 * with SP 800-90B's 64 bits of margin ("Vetted conditioning components").
 * RDRAND is a DRBG that is seeded again after at most 1022 words (the same
 * guide, "Generating seeds from RDRAND"): with more than that in each block,
 * no two blocks rest on one seed.
 */
#define RDSEED_WORDS_PER_BLOCK 64u
#define RDRAND_WORDS_PER_BLOCK 1024u

struct cpuid_result {
    uint32_t eax, ebx, ecx, edx;
};

static struct cpuid_result cpuid(uint32_t leaf)
{
    struct cpuid_result result;

    __asm__ volatile("cpuid" : "=a"(result.eax), "=b"(result.ebx), "=c"(result.ecx), "=d"(result.edx)
                     : "a"(leaf), "c"(0u));
    return result;
}

static bool read_rdseed(void *context, uint64_t *word)
{
    (void)context;
    for (unsigned i = 0; i < RDSEED_TRIES; i++) {
        bool valid;

        __asm__ volatile("rdseed %0" : "=r"(*word), "=@ccc"(valid));
        if (valid) {
            return true;
        }
        __asm__ volatile("pause");
    }
    return false;
}

static bool read_rdrand(void *context, uint64_t *word)
{
    (void)context;
    for (unsigned i = 0; i < RDRAND_TRIES; i++) {
        bool valid;

        __asm__ volatile("rdrand %0" : "=r"(*word), "=@ccc"(valid));
        if (valid) {
            return true;
        }
    }
    return false;
}

static const struct entropy_source rdseed_source = { .read = read_rdseed, .words_per_block = RDSEED_WORDS_PER_BLOCK };
static const struct entropy_source rdrand_source = { .read = read_rdrand, .words_per_block = RDRAND_WORDS_PER_BLOCK };

const struct entropy_source *entropy_processor_source(void)
{
    uint32_t highest = cpuid(0).eax;

    if (highest >= LEAF_EXTENDED_FEATURES && (cpuid(LEAF_EXTENDED_FEATURES).ebx & EXTENDED_EBX_RDSEED) != 0) {
        return &rdseed_source;
    }
    if (highest >= LEAF_FEATURES && (cpuid(LEAF_FEATURES).ecx & FEATURES_ECX_RDRAND) != 0) {
        return &rdrand_source;
    }
    return NULL;
}
