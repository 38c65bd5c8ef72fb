#include <vtl0/normal_call.h>

#include <lib/string.h>
#include <vtl0/blob_store.h>
#include <vtl0/clock.h>
#include <vtl0/console.h>
#include <vtl0/pages.h>
#include <vtl0/trustlet.h>
#include <vtl0/x86.h>

#define GIFT_MOST 64u /* pages for one request */

static struct normal_reply answer(enum normal_status status, uint32_t size)
{
    return (struct normal_reply){ .status = status, .size = size };
}

static struct blob_key key_of(const struct normal_request *request, const uint8_t *data)
{
    struct blob_key key;

    memcpy(key.identity, request->identity, sizeof(key.identity));
    memcpy(key.name, data, sizeof(key.name));
    return key;
}

static struct normal_reply read_blob(const struct normal_request *request, uint8_t *data)
{
    const struct blob_key key = key_of(request, data);
    uint32_t size;
    enum normal_status status = blob_store_hand_out(&key, data, &size);

    return answer(status, size);
}

static struct normal_reply write_blob(const struct normal_request *request, const uint8_t *data)
{
    const struct blob_key key = key_of(request, data);

    return answer(blob_store_write(&key, data + NORMAL_CALL_NAME_SIZE, request->size - NORMAL_CALL_NAME_SIZE), 0);
}

static struct normal_reply delete_blob(const struct normal_request *request, const uint8_t *data)
{
    const struct blob_key key = key_of(request, data);

    return answer(blob_store_delete(&key), 0);
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

struct normal_reply normal_call_serve(const struct normal_request *request, uint8_t *data)
{
    switch (request->number) {
    case NORMAL_CALL_READ_BLOB:
        return read_blob(request, data);
    case NORMAL_CALL_WRITE_BLOB:
        return write_blob(request, data);
    case NORMAL_CALL_DELETE_BLOB:
        return delete_blob(request, data);
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
