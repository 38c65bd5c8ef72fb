#include <vtl0/normal_call.h>

#include <lib/string.h>
#include <vtl0/clock.h>
#include <vtl0/console.h>
#include <vtl0/pages.h>
#include <vtl0/spinlock.h>
#include <vtl0/trustlet.h>
#include <vtl0/x86.h>

#define BLOBS      32u
#define BLOB_SIZE  (NORMAL_CALL_DATA_SIZE - NORMAL_CALL_NAME_SIZE)
#define GIFT_MOST  64u /* pages for one request */

/* One image's file, as far as VTL0 is to be believed. It is gone with the boot. */
struct blob {
    uint8_t identity[16];
    uint8_t name[NORMAL_CALL_NAME_SIZE];
    uint32_t size;
    uint8_t *bytes; /* a page; NULL: no blob */
};

static struct blob blobs[BLOBS];
static struct spinlock lock;

static struct normal_reply answer(enum normal_status status, uint32_t size)
{
    return (struct normal_reply){ .status = status, .size = size };
}

static struct blob *find(const struct normal_request *request, const uint8_t *name)
{
    for (unsigned i = 0; i < BLOBS; i++) {
        if (blobs[i].bytes != NULL && memcmp(blobs[i].identity, request->identity, sizeof(request->identity)) == 0 &&
            memcmp(blobs[i].name, name, NORMAL_CALL_NAME_SIZE) == 0) {
            return &blobs[i];
        }
    }
    return NULL;
}

static struct blob *new_blob(const struct normal_request *request, const uint8_t *name)
{
    for (unsigned i = 0; i < BLOBS; i++) {
        struct blob *blob = &blobs[i];

        if (blob->bytes == NULL) {
            memcpy(blob->identity, request->identity, sizeof(blob->identity));
            memcpy(blob->name, name, NORMAL_CALL_NAME_SIZE);
            blob->bytes = page_alloc();
            return blob;
        }
    }
    return NULL;
}

static struct normal_reply read_blob(const struct normal_request *request, uint8_t *data)
{
    const struct blob *blob = find(request, data);

    if (blob == NULL) {
        return answer(NORMAL_STATUS_NOT_FOUND, 0);
    }
    memcpy(data, blob->bytes, blob->size);
    return answer(NORMAL_STATUS_SUCCESS, blob->size);
}

static struct normal_reply write_blob(const struct normal_request *request, const uint8_t *data)
{
    struct blob *blob = find(request, data);

    if (blob == NULL) {
        blob = new_blob(request, data);
    }
    if (blob == NULL) {
        return answer(NORMAL_STATUS_NO_SPACE, 0);
    }
    blob->size = request->size - NORMAL_CALL_NAME_SIZE;
    memcpy(blob->bytes, data + NORMAL_CALL_NAME_SIZE, blob->size);
    return answer(NORMAL_STATUS_SUCCESS, 0);
}

static struct normal_reply delete_blob(const struct normal_request *request, const uint8_t *data)
{
    struct blob *blob = find(request, data);

    if (blob == NULL) {
        return answer(NORMAL_STATUS_NOT_FOUND, 0);
    }
    page_free(blob->bytes);
    *blob = (struct blob){ 0 };
    return answer(NORMAL_STATUS_SUCCESS, 0);
}

static struct normal_reply time_hint(uint8_t *data)
{
    uint64_t now = clock_filetime();

    memcpy(data, &now, sizeof(now));
    return answer(NORMAL_STATUS_SUCCESS, sizeof(now));
}

static struct normal_reply log_text(const struct normal_request *request, const uint8_t *data)
{
    char text[257];

    for (uint32_t i = 0; i < request->size; i++) {
        text[i] = data[i] >= ' ' && data[i] <= '~' ? (char)data[i] : '?';
    }
    text[request->size] = '\0';
    console_printf("trustlet %lu: %s\n", request->instance, text);
    return answer(NORMAL_STATUS_SUCCESS, 0);
}

static struct normal_reply give_memory(const uint8_t *data)
{
    struct secure_range range = { 0 };

    memcpy(&range.pages, data, sizeof(range.pages));
    if (range.pages == 0 || range.pages > GIFT_MOST) {
        return answer(NORMAL_STATUS_REFUSED, 0);
    }
    range.gpa = (uint64_t)(uintptr_t)pages_alloc(range.pages, PAGE_SIZE);
    return answer(trustlet_donate(&range, 1) == SECURE_STATUS_SUCCESS ? NORMAL_STATUS_SUCCESS : NORMAL_STATUS_NO_SPACE, 0);
}

static struct normal_reply serve_blobs(const struct normal_request *request, uint8_t *data)
{
    bool on = spin_lock(&lock);
    struct normal_reply reply;

    switch (request->number) {
    case NORMAL_CALL_READ_BLOB:
        reply = read_blob(request, data);
        break;
    case NORMAL_CALL_WRITE_BLOB:
        reply = write_blob(request, data);
        break;
    default:
        reply = delete_blob(request, data);
        break;
    }
    spin_unlock(&lock, on);
    return reply;
}

struct normal_reply normal_call_serve(const struct normal_request *request, uint8_t *data)
{
    switch (request->number) {
    case NORMAL_CALL_READ_BLOB:
    case NORMAL_CALL_WRITE_BLOB:
    case NORMAL_CALL_DELETE_BLOB:
        return serve_blobs(request, data);
    case NORMAL_CALL_TIME_HINT:
        return time_hint(data);
    case NORMAL_CALL_LOG:
        return log_text(request, data);
    case NORMAL_CALL_MEMORY:
        return give_memory(data);
    default:
        return answer(NORMAL_STATUS_REFUSED, 0);
    }
}
