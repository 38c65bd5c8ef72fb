#include <sk/key_root.h>
#include <sk/mutant.h>

#include <lib/string.h>

#include <crypto/entropy.h>
#include <crypto/kdf.h>

/* What a key is bound to; the boot is in the root itself. */
struct key_context {
    uint8_t identity[16];
    uint32_t security_version;
    uint32_t debug; /* what a debug build seals, a release build cannot open, and the other way round */
    uint32_t purpose_size;
    uint8_t purpose[IUM_MAX_PURPOSE];
};

_Static_assert(KDF_KEY_SIZE == IUM_KEY_SIZE, "a derived key is what a trustlet asks for");

static uint8_t root[KDF_ROOT_SIZE];
static bool lasts;

_Static_assert(sizeof(root) == 2 * KDF_KEY_SIZE, "two keys derived from the TPM's secret");

static void take_secret(const uint8_t secret[KDF_KEY_SIZE])
{
    uint8_t padded[KDF_ROOT_SIZE] = { 0 }; /* as HMAC itself pads a short key */

    memcpy(padded, secret, KDF_KEY_SIZE);
    for (uint8_t half = 0; half < 2; half++) {
        kdf_derive(padded, "openvsm key root", &half, sizeof(half), root + half * KDF_KEY_SIZE);
    }
    secure_zero(padded, sizeof(padded));
}

bool key_root_init(struct vtl1_boot_root *given)
{
    lasts = given->from_tpm != 0;
    if (!lasts) {
        return entropy_read(root, sizeof(root));
    }
    take_secret(given->secret);
    if (!mutant_is(MUTANT_ROOT_KEPT)) {
        secure_zero(given->secret, sizeof(given->secret));
    }
    return true;
}

bool key_root_lasts(void)
{
    return lasts;
}

void key_root_derive(const struct signed_image_header *image, const uint8_t *purpose, size_t purpose_size,
                     uint8_t key[IUM_KEY_SIZE])
{
    struct key_context context = {
        .security_version = mutant_is(MUTANT_KEYS_OF_ANY_VERSION) ? 0 : image->security_version,
        .debug = mutant_is(MUTANT_KEYS_OF_DEBUG) ? 0 : image->flags & SIGNED_IMAGE_DEBUG,
        .purpose_size = (uint32_t)purpose_size,
    };

    if (!mutant_is(MUTANT_KEYS_SHARED)) {
        memcpy(context.identity, image->identity, sizeof(context.identity));
    }
    memcpy(context.purpose, purpose, purpose_size);
    kdf_derive(root, "openvsm trustlet key", &context, sizeof(context), key);
}

void key_root_freshness(const void *context, size_t size, uint8_t key[IUM_KEY_SIZE])
{
    kdf_derive(root, "openvsm freshness", context, size, key);
}
