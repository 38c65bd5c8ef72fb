/* VTL0 owns the store: it brings the vault what is not what the vault had it keep. Each must be refused. */
#include "lsass.h"

#include <abi/normal_call.h>
#include <lib/format.h>
#include <lib/string.h>

#include "calls.h"

#define FLIPPED_ALL  64u /* every byte of the blob's head */
#define FLIPPED_STEP 64u /* and one in so many behind it */

static struct vault_client *const client = &lsass.console.client;

/* A blob of the vault's, as it is kept; one more byte for the case "extended". */
struct copy {
    char name[NORMAL_CALL_NAME_SIZE + 1];
    uint8_t bytes[USER_BLOB_SIZE + 1];
    size_t size;
};

static struct copy right, other, removed, bad;

/* "credential-", its number, and more. */
static bool find_name(uint32_t credential, char name[NORMAL_CALL_NAME_SIZE + 1])
{
    struct user_blob_call call = { .action = USER_BLOB_NAME };
    char prefix[24];
    size_t size = format(prefix, sizeof(prefix), "credential-%08x-", credential);

    for (uint32_t i = 0;; i++) {
        call.size = i;
        if (user_blob(&call) != 0) {
            return false;
        }
        if (memcmp(call.name, prefix, size) == 0) {
            memcpy(name, call.name, sizeof(call.name));
            name[sizeof(call.name)] = '\0';
            return true;
        }
    }
}

static bool read_copy(uint32_t credential, struct copy *copy)
{
    if (!find_name(credential, copy->name) || !lsass_read_blob(copy->name, copy->bytes, &copy->size)) {
        print("error: lsass: VTL0 has no blob of credential %u\n", credential);
        return false;
    }
    return true;
}

/* The vault's next question for the password's blob is answered by this one; then it is asked for a use. */
static struct vault_result use_with(const uint8_t *bytes, uint32_t size)
{
    struct user_blob_call lie = { .action = USER_BLOB_LIE, .bytes = (uint64_t)(uintptr_t)bytes, .size = size };
    uint8_t tag[32];

    memcpy(lie.name, right.name, strlen(right.name));
    if (user_blob(&lie) != 0) {
        return (struct vault_result){ VAULT_ORIGIN_VTL0, VAULT_TOO_LONG };
    }
    return vault_hmac(client, lsass.password, (struct vault_bytes){ tag, 0 }, tag);
}

static bool refused(const char *name, const struct copy *copy, size_t size)
{
    return lsass_refused(name, use_with(copy->bytes, (uint32_t)size), CREDVAULT_BLOB_REFUSED);
}

/* One bit of a byte, in turn, so that no field of the blob is without its authentication. Only a failure and the last are told. */
static bool flip_bits(void)
{
    uint32_t tried = 0;
    struct vault_result result = { VAULT_ORIGIN_VAULT, CREDVAULT_BLOB_REFUSED };

    bad = right;
    for (size_t i = 0; i < right.size; i += i < FLIPPED_ALL ? 1 : FLIPPED_STEP) {
        bad.bytes[i] ^= (uint8_t)(1u << (i % 8));
        result = use_with(bad.bytes, (uint32_t)bad.size);
        bad.bytes[i] ^= (uint8_t)(1u << (i % 8));
        if (result.origin != VAULT_ORIGIN_VAULT || result.status != CREDVAULT_BLOB_REFUSED) {
            break;
        }
        tried++;
    }
    print("one bit was changed in %u of the blob's %lu bytes, one at a time\n", tried, right.size);
    return lsass_refused("bit-flip", result, CREDVAULT_BLOB_REFUSED);
}

/* A credential comes, VTL0 copies its blob, and it goes: the blob is good in itself, and of nobody any more. */
static bool make_removed(void)
{
    static const char label[] = "removed";
    const struct vault_new new_one = {
        .type = CREDVAULT_ED25519,
        .label = { (const uint8_t *)label, sizeof(label) - 1 },
        .policy = { .operations = CREDVAULT_ALLOW_SIGN },
    };
    struct vault_added added;

    return lsass_succeeded(vault_generate(client, &new_one, &added), "makes no key") && read_copy(added.credential, &removed) &&
           lsass_succeeded(vault_remove(client, added.credential), "does not remove the key");
}

int64_t lsass_demo_blobs(char *argument)
{
    bool good;

    (void)argument;
    if (!read_copy(lsass.password, &right) || !make_removed() || !read_copy(lsass.ed25519, &other)) {
        return 1;
    }
    good = flip_bits();
    good = refused("removed", &removed, removed.size) && good;
    good = refused("swapped", &other, other.size) && good;
    good = refused("truncated", &right, right.size - 1) && good;
    good = refused("half", &right, right.size / 2) && good;
    good = refused("empty", &right, 0) && good;
    good = refused("extended", &right, right.size + 1) && good;
    good = lsass_refused("missing", use_with(right.bytes, USER_BLOB_ABSENT), CREDVAULT_STORAGE_FAILED) && good;
    return good && lsass_demo_hmac("") == 0 ? 0 : 1;
}
