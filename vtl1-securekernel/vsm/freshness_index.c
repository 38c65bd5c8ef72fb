#include <sk/freshness_index.h>

#include <lib/string.h>

#include <sk/key_root.h>

/*
 * Owners have 0x01800000 to 0x01BFFFFF (TCG, "Registry of Reserved TPM 2.0 Handles and Localities"): two neighbours for each
 * of 2^21 numbers. An identity is a UUID, by chance already.
 */
#define FIRST_HANDLE UINT32_C(0x01800000)
#define NUMBER_BITS  21u

#define ATTRIBUTES (TPM_NV_AUTHREAD | TPM_NV_AUTHWRITE | TPM_NV_NO_DA)

enum use { USE_RECORD = 1, USE_COUNTER, USE_CODE };

/* What a key is bound to; record is zero for the two authorizations. */
struct key_context {
    struct freshness_owner owner;
    uint32_t use; /* enum use */
    uint32_t reserved;
    struct freshness_record record;
};
_Static_assert(sizeof(struct key_context) == 72, "no padding: all of it is hashed");

/* A record as it is in the TPM. */
struct stored {
    struct freshness_record record;
    uint8_t code[IUM_KEY_SIZE];
};
_Static_assert(sizeof(struct stored) == FRESHNESS_RECORD_SIZE && IUM_KEY_SIZE == TPM_AUTH_SIZE, "as documented");

/* All versions of an identity have the same: there is room for one, and what another has left is FOREIGN. */
static uint32_t number_of(const struct freshness_owner *owner)
{
    uint32_t words[4], folded;

    memcpy(words, owner->identity, sizeof(words));
    folded = words[0] ^ words[1] ^ words[2] ^ words[3];
    return (folded ^ folded >> NUMBER_BITS ^ (owner->debug != 0)) & ((UINT32_C(1) << NUMBER_BITS) - 1);
}

static void fill(const struct freshness_owner *owner, enum use use, struct freshness_index *index)
{
    const struct key_context context = { .owner = *owner, .use = use };
    bool counter = use == USE_COUNTER;

    index->public = (struct tpm_nv_public){
        .handle = FIRST_HANDLE + 2 * number_of(owner) + counter,
        .attributes = ATTRIBUTES | (counter ? TPM_NV_COUNTER : 0),
        .size = counter ? FRESHNESS_COUNTER_SIZE : FRESHNESS_RECORD_SIZE,
        .plain = true,
    };
    key_root_freshness(&context, sizeof(context), index->auth);
}

void freshness_record_index(const struct freshness_owner *owner, struct freshness_index *index)
{
    fill(owner, USE_RECORD, index);
}

void freshness_counter_index(const struct freshness_owner *owner, struct freshness_index *index)
{
    fill(owner, USE_COUNTER, index);
}

bool freshness_index_is_ours(const struct freshness_index *index, const struct tpm_nv_public *found)
{
    return found->plain && found->handle == index->public.handle && found->size == index->public.size &&
           (found->attributes & ~TPM_NV_WRITTEN) == index->public.attributes;
}

static void code_of(const struct freshness_owner *owner, const struct freshness_record *record, uint8_t code[IUM_KEY_SIZE])
{
    const struct key_context context = { .owner = *owner, .use = USE_CODE, .record = *record };

    key_root_freshness(&context, sizeof(context), code);
}

void freshness_record_close(const struct freshness_owner *owner, const struct freshness_record *record,
                            uint8_t bytes[FRESHNESS_RECORD_SIZE])
{
    struct stored stored = { .record = *record };

    code_of(owner, record, stored.code);
    memcpy(bytes, &stored, sizeof(stored));
}

bool freshness_record_open(const struct freshness_owner *owner, const uint8_t bytes[FRESHNESS_RECORD_SIZE],
                           struct freshness_record *record)
{
    uint8_t code[IUM_KEY_SIZE], difference = 0;
    struct stored stored;

    memcpy(&stored, bytes, sizeof(stored));
    code_of(owner, &stored.record, code);
    for (size_t i = 0; i < sizeof(code); i++) {
        difference |= code[i] ^ stored.code[i];
    }
    secure_zero(code, sizeof(code));
    if (difference == 0) {
        *record = stored.record;
    }
    return difference == 0;
}
