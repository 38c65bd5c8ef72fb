/* VTL0 as far as the vault sees it: it keeps blobs and has a clock. */
#include "vault.h"

#include <stdio.h>

struct vtl0 vtl0;

struct store_blob *store_find(const char *name)
{
    for (uint32_t i = 0; i < STORE_BLOBS; i++) {
        if (strcmp(vtl0.blobs[i].name, name) == 0) {
            return &vtl0.blobs[i];
        }
    }
    return NULL;
}

struct store_blob *store_get(const char *name)
{
    struct store_blob *blob = store_find(name);

    assert_non_null(blob);
    return blob;
}

static struct store_blob *place_for(const char *name)
{
    struct store_blob *blob = store_find(name);

    return blob != NULL ? blob : store_find("");
}

void store_put(const struct store_blob *blob)
{
    *place_for(blob->name) = *blob;
}

void store_remove(const char *name)
{
    struct store_blob *blob = store_find(name);

    if (blob != NULL) {
        memset(blob, 0, sizeof(*blob));
    }
}

const char *store_name_of_credential(uint32_t credential)
{
    char front[32];
    const char *newest = NULL;

    snprintf(front, sizeof(front), "credential-%08x-", credential);
    for (uint32_t i = 0; i < STORE_BLOBS; i++) {
        const char *name = vtl0.blobs[i].name;

        if (strncmp(name, front, strlen(front)) == 0 && (newest == NULL || strcmp(name, newest) > 0)) {
            newest = name;
        }
    }
    assert_non_null(newest);
    return newest;
}

static uint32_t read_blob(const char *name, uint8_t *to, uint32_t *size)
{
    const struct store_blob *blob = vtl0.refuse_reads ? NULL : store_find(name);

    if (blob == NULL) {
        return NORMAL_STATUS_NOT_FOUND;
    }
    memcpy(to, blob->data, blob->size);
    *size = blob->size;
    return NORMAL_STATUS_SUCCESS;
}

static uint32_t write_blob(const char *name, const uint8_t *data, uint32_t size)
{
    struct store_blob *blob = place_for(name);

    vtl0.writes++;
    if (vtl0.refuse_writes > 0 || blob == NULL) {
        vtl0.refuse_writes -= vtl0.refuse_writes > 0;
        return NORMAL_STATUS_NO_SPACE;
    }
    memset(blob, 0, sizeof(*blob));
    memcpy(blob->name, name, strlen(name));
    memcpy(blob->data, data, size);
    blob->size = size;
    return NORMAL_STATUS_SUCCESS;
}

static uint32_t delete_blob(const char *name)
{
    if (vtl0.refuse_deletes) {
        return NORMAL_STATUS_REFUSED;
    }
    store_remove(name);
    return NORMAL_STATUS_SUCCESS;
}

static uint32_t serve_blob(const struct trustlet_question *question, uint8_t *to, uint32_t *size)
{
    char name[NORMAL_CALL_NAME_SIZE + 1] = { 0 };

    memcpy(name, question->request, NORMAL_CALL_NAME_SIZE);
    switch (question->number) {
    case NORMAL_CALL_READ_BLOB:
        return read_blob(name, to, size);
    case NORMAL_CALL_WRITE_BLOB:
        return write_blob(name, question->request + NORMAL_CALL_NAME_SIZE, question->size - NORMAL_CALL_NAME_SIZE);
    default:
        return delete_blob(name);
    }
}

static uint32_t tell_time(uint8_t *to, uint32_t *size)
{
    if (vtl0.time == 0) {
        return NORMAL_STATUS_REFUSED;
    }
    memcpy(to, &vtl0.time, sizeof(vtl0.time));
    *size = sizeof(vtl0.time);
    return NORMAL_STATUS_SUCCESS;
}

static void cut(bool after)
{
    if (vtl0.cut_at != 0 && vtl0.cut_at == vtl0.asked && vtl0.cut_after == after) {
        vtl0.cut_at = 0;
        trustlet_power_cut();
    }
}

uint32_t vtl0_answer(const struct trustlet_question *question, uint8_t *to, uint32_t capacity, uint32_t *size)
{
    uint32_t status;

    (void)capacity;
    if (question->number == NORMAL_CALL_TIME_HINT) {
        return tell_time(to, size);
    }
    vtl0.asked++;
    cut(false);
    status = serve_blob(question, to, size);
    cut(true);
    return status;
}
