#include "lsass.h"

#include <lib/string.h>

#include "calls.h"
#include "hex.h"

#define LINE_SIZE    8192u
#define FOREIGN_WORD "OVSM-BLOB"

/* Loads the damaged copy: 0 when the vault refuses it as it must, and says so. */
static int64_t expect_refused(const char *name, const uint8_t *blob, size_t size, bool tell)
{
    uint32_t slot = 0;
    size_t output_size = 0;
    int64_t status = lsass_vault(CREDVAULT_LOAD, blob, size, &slot, sizeof(slot), &output_size);

    if (tell || status != CREDVAULT_BLOB_REFUSED) {
        print("@openvsm refused case=%s status=%ld\n", name, status);
    }
    if (status != CREDVAULT_BLOB_REFUSED) {
        print("error: lsass: a damaged blob (%s) was not refused\n", name);
        return 1;
    }
    return 0;
}

/* One bit of every byte in turn, so that no field of the blob is without its authentication. */
static int64_t flip_each_byte(uint8_t *copy)
{
    for (size_t i = 0; i < lsass.blob_size; i++) {
        int64_t failed;

        copy[i] ^= (uint8_t)(1u << (i % 8));
        failed = expect_refused("bit-flip", copy, lsass.blob_size, i + 1 == lsass.blob_size);
        copy[i] ^= (uint8_t)(1u << (i % 8));
        if (failed != 0) {
            return failed;
        }
    }
    print("every one of the blob's %lu bytes was changed by one bit: each refused\n", lsass.blob_size);
    return 0;
}

/* One bit of one field: what a blob of another trustlet, version or purpose differs in (docs/vault.md). */
static const struct field {
    const char *name;
    size_t offset;
} fields[] = {
    { "format", 0 }, { "format-version", 8 }, { "purpose", 12 }, { "other-trustlet", 16 }, { "other-version", 32 },
    { "nonce", 36 }, { "content", 48 },
};

static int64_t change_each_field(uint8_t *copy)
{
    int64_t failed = 0;

    for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (fields[i].offset < lsass.blob_size) {
            copy[fields[i].offset] ^= 1;
            failed |= expect_refused(fields[i].name, copy, lsass.blob_size, true);
            copy[fields[i].offset] ^= 1;
        }
    }
    return failed;
}

int64_t lsass_tamper(void)
{
    static uint8_t copy[LSASS_BLOB_SIZE + 1];
    int64_t failed;

    if (lsass.blob_size == 0) {
        print("error: lsass: no blob to tamper with\n");
        return 1;
    }
    memcpy(copy, lsass.blob, lsass.blob_size);
    copy[lsass.blob_size] = 0;
    failed = flip_each_byte(copy);
    failed |= change_each_field(copy);
    failed |= expect_refused("truncated", copy, lsass.blob_size - 1, true);
    failed |= expect_refused("half", copy, lsass.blob_size / 2, true);
    failed |= expect_refused("empty", copy, 0, true);
    failed |= expect_refused("extended", copy, lsass.blob_size + 1, true);
    return failed;
}

int64_t lsass_foreign(void)
{
    static char line[LINE_SIZE];
    static uint8_t blob[LSASS_BLOB_SIZE];
    const char *at = line + sizeof(FOREIGN_WORD) - 1;
    size_t size = 0;

    print("@openvsm foreign ready\n");
    if (user_read_line(line, sizeof(line)) < 0 || memcmp(line, FOREIGN_WORD, sizeof(FOREIGN_WORD) - 1) != 0 ||
        !hex_field_decode(&at, blob, sizeof(blob), &size) || *at != '\0') {
        print("error: lsass: that line is not a blob\n");
        return 1;
    }
    return expect_refused("other-boot", blob, size, true);
}
