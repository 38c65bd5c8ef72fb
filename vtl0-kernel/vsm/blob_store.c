#include <vtl0/blob_store.h>

#include <lib/string.h>
#include <vtl0/blob_com1.h>
#include <vtl0/pages.h>
#include <vtl0/x86.h>

#define BLOBS 192u

struct blob {
    struct blob_key key;
    uint32_t size;
    uint8_t *bytes; /* a page; NULL: no blob */
};

static struct blob blobs[BLOBS];
static bool on_com1;
static uint32_t victim; /* of the cache, when it is full */
static struct {
    struct blob_key key;
    uint32_t size;
    bool waits;
    uint8_t bytes[BLOB_MAX_SIZE];
} lie;

/* Held while the host is asked, which takes long: interrupts stay on, and no handler of one comes here. */
static volatile bool busy;

static void take(void)
{
    while (__atomic_test_and_set(&busy, __ATOMIC_ACQUIRE)) {
        cpu_relax();
    }
}

static void leave(void)
{
    __atomic_clear(&busy, __ATOMIC_RELEASE);
}

void blob_store_on_com1(void)
{
    on_com1 = true;
}

static bool is_key(const struct blob_key *a, const struct blob_key *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

static struct blob *find(const struct blob_key *key)
{
    for (unsigned i = 0; i < BLOBS; i++) {
        if (blobs[i].bytes != NULL && is_key(&blobs[i].key, key)) {
            return &blobs[i];
        }
    }
    return NULL;
}

static void drop(struct blob *blob)
{
    if (blob != NULL) {
        page_free(blob->bytes);
        *blob = (struct blob){ 0 };
    }
}

/* A place without a blob. NULL: none; a cache makes one. */
static struct blob *place(void)
{
    for (unsigned i = 0; i < BLOBS; i++) {
        if (blobs[i].bytes == NULL) {
            return &blobs[i];
        }
    }
    if (!on_com1) {
        return NULL;
    }
    victim = (victim + 1) % BLOBS;
    drop(&blobs[victim]);
    return &blobs[victim];
}

static enum normal_status keep(const struct blob_key *key, const uint8_t *bytes, uint32_t size)
{
    struct blob *blob = find(key);

    if (blob == NULL) {
        blob = place();
        if (blob == NULL) {
            return NORMAL_STATUS_NO_SPACE;
        }
        blob->key = *key;
        blob->bytes = page_alloc();
    }
    blob->size = size;
    memcpy(blob->bytes, bytes, size);
    return NORMAL_STATUS_SUCCESS;
}

static enum normal_status read_from_host(const struct blob_key *key, uint8_t *bytes, uint32_t *size)
{
    enum normal_status status = blob_com1_read(key, bytes, size);

    return status == NORMAL_STATUS_SUCCESS ? keep(key, bytes, *size) : status;
}

static enum normal_status read(const struct blob_key *key, uint8_t *bytes, uint32_t *size)
{
    const struct blob *blob = find(key);

    *size = 0;
    if (blob == NULL) {
        return on_com1 ? read_from_host(key, bytes, size) : NORMAL_STATUS_NOT_FOUND;
    }
    *size = blob->size;
    memcpy(bytes, blob->bytes, blob->size);
    return NORMAL_STATUS_SUCCESS;
}

enum normal_status blob_store_read(const struct blob_key *key, uint8_t *bytes, uint32_t *size)
{
    enum normal_status status;

    take();
    status = read(key, bytes, size);
    leave();
    return status;
}

static enum normal_status tell_lie(uint8_t *bytes, uint32_t *size)
{
    lie.waits = false;
    *size = lie.size == BLOB_ABSENT ? 0 : lie.size;
    memcpy(bytes, lie.bytes, *size);
    return lie.size == BLOB_ABSENT ? NORMAL_STATUS_NOT_FOUND : NORMAL_STATUS_SUCCESS;
}

enum normal_status blob_store_hand_out(const struct blob_key *key, uint8_t *bytes, uint32_t *size)
{
    enum normal_status status;

    take();
    status = lie.waits && is_key(&lie.key, key) ? tell_lie(bytes, size) : read(key, bytes, size);
    leave();
    return status;
}

void blob_store_lie(const struct blob_key *key, const uint8_t *bytes, uint32_t size)
{
    take();
    lie.key = *key;
    lie.size = size;
    lie.waits = true;
    if (size != BLOB_ABSENT) {
        memcpy(lie.bytes, bytes, size);
    }
    leave();
}

/* What the host has after an answer that was not DONE is not known: the next read asks it. */
static enum normal_status write(const struct blob_key *key, const uint8_t *bytes, uint32_t size)
{
    enum normal_status status = on_com1 ? blob_com1_write(key, bytes, size) : NORMAL_STATUS_SUCCESS;

    if (status != NORMAL_STATUS_SUCCESS) {
        drop(find(key));
        return status;
    }
    return keep(key, bytes, size);
}

enum normal_status blob_store_write(const struct blob_key *key, const uint8_t *bytes, uint32_t size)
{
    enum normal_status status;

    take();
    status = write(key, bytes, size);
    leave();
    return status;
}

enum normal_status blob_store_delete(const struct blob_key *key)
{
    enum normal_status status;
    struct blob *blob;

    take();
    blob = find(key);
    status = blob != NULL ? NORMAL_STATUS_SUCCESS : NORMAL_STATUS_NOT_FOUND;
    if (on_com1) {
        status = blob_com1_delete(key);
    }
    drop(blob);
    leave();
    return status;
}

bool blob_store_name(const uint8_t identity[16], uint32_t index, uint8_t name[NORMAL_CALL_NAME_SIZE])
{
    bool found = false;

    take();
    for (unsigned i = 0; i < BLOBS && !found; i++) {
        if (blobs[i].bytes != NULL && memcmp(blobs[i].key.identity, identity, sizeof(blobs[i].key.identity)) == 0 && index-- == 0) {
            memcpy(name, blobs[i].key.name, NORMAL_CALL_NAME_SIZE);
            found = true;
        }
    }
    leave();
    return found;
}
