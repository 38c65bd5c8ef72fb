#include "store.h"

#include <ium/ask.h>
#include <ium/text.h>

_Static_assert(SEALED_BLOB_MAX == IUM_ASK_MAX_BLOB, "every blob fits a question");

#define NAME_SIZE (IUM_ASK_MAX_NAME + 1)

static enum credvault_status status_of(enum ium_ask_status status)
{
    return status == IUM_ASK_DONE ? CREDVAULT_SUCCESS : CREDVAULT_STORAGE_FAILED;
}

static void name_state(char name[NAME_SIZE], uint32_t generation)
{
    format(name, NAME_SIZE, "state-%u", generation % 2);
}

static void name_credential(char name[NAME_SIZE], uint32_t credential, uint32_t generation)
{
    format(name, NAME_SIZE, "credential-%08x-%08x", credential, generation);
}

enum credvault_status store_write_state(uint32_t generation, const void *blob, size_t size)
{
    char name[NAME_SIZE];

    name_state(name, generation);
    return status_of(ium_ask_write_blob(name, blob, size));
}

enum credvault_status store_write_credential(uint32_t credential, uint32_t generation, const void *blob, size_t size)
{
    char name[NAME_SIZE];

    name_credential(name, credential, generation);
    return status_of(ium_ask_write_blob(name, blob, size));
}

enum credvault_status store_write_audit(uint32_t page, const struct credvault_audit_entry entries[CREDVAULT_AUDIT_PAGE])
{
    char name[NAME_SIZE];

    format(name, sizeof(name), "audit-%08x", page);
    return status_of(ium_ask_write_blob(name, entries, CREDVAULT_AUDIT_PAGE * sizeof(entries[0])));
}

enum credvault_status store_read_state(uint32_t generation, uint8_t blob[SEALED_BLOB_MAX], size_t *size)
{
    char name[NAME_SIZE];

    name_state(name, generation);
    return status_of(ium_ask_read_blob(name, blob, SEALED_BLOB_MAX, size));
}

enum credvault_status store_read_credential(uint32_t credential, uint32_t generation, uint8_t blob[SEALED_BLOB_MAX], size_t *size)
{
    char name[NAME_SIZE];

    name_credential(name, credential, generation);
    return status_of(ium_ask_read_blob(name, blob, SEALED_BLOB_MAX, size));
}

void store_delete_state(uint32_t generation)
{
    char name[NAME_SIZE];

    name_state(name, generation);
    ium_ask_delete_blob(name);
}

void store_delete_credential(uint32_t credential, uint32_t generation)
{
    char name[NAME_SIZE];

    name_credential(name, credential, generation);
    ium_ask_delete_blob(name);
}
