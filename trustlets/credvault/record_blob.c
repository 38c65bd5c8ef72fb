#include "record_blob.h"

#include <lib/string.h>
#include <vault_mutant.h>

#include "digest.h"
#include "ledger.h"
#include "seal.h"
#include "store.h"

_Static_assert(RECORD_FORM_MAX <= SEALED_BLOB_MAX_SECRET, "the largest credential fits a blob");

static uint8_t blob[SEALED_BLOB_MAX], form[SEALED_BLOB_MAX_SECRET];

static enum credvault_status store(uint32_t credential, uint32_t generation, size_t form_size, uint8_t digest[DIGEST_SIZE])
{
    struct mac_part part = { blob, 0 };
    enum credvault_status status = seal(SEAL_CREDENTIAL, credential, generation, form, form_size, blob, &part.size);

    if (status == CREDVAULT_SUCCESS && !digest_of(&part, 1, digest)) {
        status = CREDVAULT_INTERNAL;
    }
    return status == CREDVAULT_SUCCESS ? store_write_credential(credential, generation, blob, part.size) : status;
}

enum credvault_status record_store(const struct record *record, struct row *row)
{
    enum credvault_status status;

    row->written = ledger_next_generation();
    status = store(record->credential, row->written, record_encode(record, form), row->digest);
    secure_zero(form, sizeof(form));
    return status;
}

static bool is_the_row_s(const struct row *row, size_t size)
{
    const struct mac_part part = { blob, size };
    uint8_t digest[DIGEST_SIZE];

    return digest_of(&part, 1, digest) && (memcmp(digest, row->digest, sizeof(digest)) == 0 || mutant_is(MUTANT_OLD_RECORD));
}

enum credvault_status record_load(const struct row *row, struct record *record)
{
    size_t size = 0, form_size = 0;
    enum credvault_status status = store_read_credential(row->number, row->written, blob, &size);

    secure_zero(record, sizeof(*record));
    if (status != CREDVAULT_SUCCESS) {
        return status;
    }
    status = unseal(SEAL_CREDENTIAL, row->number, row->written, blob, size, form, &form_size);
    if (status == CREDVAULT_SUCCESS && (!is_the_row_s(row, size) || !record_decode(row, form, form_size, record))) {
        secure_zero(record, sizeof(*record));
        status = CREDVAULT_BLOB_REFUSED;
    }
    secure_zero(form, sizeof(form));
    return status;
}
