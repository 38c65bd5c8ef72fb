/* A question is made in the caller's frame: threads may ask at the same time. */
#include <ium/ask.h>

#include <ium/syscalls.h>
#include <ium/text.h>

_Static_assert((int)IUM_ASK_NOT_FOUND == (int)NORMAL_STATUS_NOT_FOUND && (int)IUM_ASK_NO_SPACE == (int)NORMAL_STATUS_NO_SPACE &&
               (int)IUM_ASK_REFUSED == (int)NORMAL_STATUS_REFUSED && NORMAL_STATUS_COUNT == 4, "VTL0's statuses keep their numbers");

/* Without its data, which would be cleared as well. */
static void begin(struct ium_normal_call *call, uint32_t number, uint32_t reply_capacity)
{
    call->number = number;
    call->request_size = 0;
    call->reply_capacity = reply_capacity;
    call->reserved = 0;
}

static void add(struct ium_normal_call *call, const void *data, size_t size)
{
    memcpy(call->data + call->request_size, data, size);
    call->request_size += (uint32_t)size;
}

/* The secure kernel has checked the reply; a second look costs nothing, and the sizes below are used for copies. */
static enum ium_ask_status ask(struct ium_normal_call *call)
{
    uint32_t capacity = call->reply_capacity;

    switch (ium_normal_call(call)) {
    case IUM_SUCCESS:
        break;
    case IUM_UNKNOWN_SYSCALL:
        return IUM_ASK_NOT_ALLOWED;
    default:
        return IUM_ASK_BAD_ARGUMENT;
    }
    if (call->status >= NORMAL_STATUS_COUNT || call->reply_size > capacity ||
        (call->status != NORMAL_STATUS_SUCCESS && call->reply_size != 0)) {
        return IUM_ASK_BAD_REPLY;
    }
    return (enum ium_ask_status)call->status;
}

/* False: no name. Behind the name there are zeros. */
static bool add_name(struct ium_normal_call *call, const char *name)
{
    uint8_t field[NORMAL_CALL_NAME_SIZE] = { 0 };
    size_t length = strlen(name);

    if (length == 0 || length > IUM_ASK_MAX_NAME) {
        return false;
    }
    memcpy(field, name, length);
    add(call, field, sizeof(field));
    return true;
}

enum ium_ask_status ium_ask_read_blob(const char *name, void *to, size_t room, size_t *size)
{
    struct ium_normal_call call;
    enum ium_ask_status status;

    *size = 0;
    begin(&call, NORMAL_CALL_READ_BLOB, NORMAL_CALL_DATA_SIZE); /* VTL0 cannot know how much room there is here */
    if (!add_name(&call, name)) {
        return IUM_ASK_BAD_ARGUMENT;
    }
    status = ask(&call);
    if (status == IUM_ASK_DONE && call.reply_size > room) {
        return IUM_ASK_TOO_LONG;
    }
    if (status == IUM_ASK_DONE) {
        memcpy(to, call.data, call.reply_size);
        *size = call.reply_size;
    }
    return status;
}

enum ium_ask_status ium_ask_write_blob(const char *name, const void *data, size_t size)
{
    struct ium_normal_call call;

    begin(&call, NORMAL_CALL_WRITE_BLOB, 0);
    if (size > IUM_ASK_MAX_BLOB || !add_name(&call, name)) {
        return IUM_ASK_BAD_ARGUMENT;
    }
    add(&call, data, size);
    return ask(&call);
}

enum ium_ask_status ium_ask_delete_blob(const char *name)
{
    struct ium_normal_call call;

    begin(&call, NORMAL_CALL_DELETE_BLOB, 0);
    return add_name(&call, name) ? ask(&call) : IUM_ASK_BAD_ARGUMENT;
}

enum ium_ask_status ium_ask_time_hint(uint64_t *time)
{
    struct ium_normal_call call;
    enum ium_ask_status status;

    *time = 0;
    begin(&call, NORMAL_CALL_TIME_HINT, sizeof(*time));
    status = ask(&call);
    if (status == IUM_ASK_DONE && call.reply_size != sizeof(*time)) {
        return IUM_ASK_BAD_REPLY;
    }
    if (status == IUM_ASK_DONE) {
        memcpy(time, call.data, sizeof(*time));
    }
    return status;
}

enum ium_ask_status ium_ask_log(const char *text)
{
    struct ium_normal_call call;
    size_t length = strlen(text);

    begin(&call, NORMAL_CALL_LOG, 0);
    if (length == 0) {
        return IUM_ASK_BAD_ARGUMENT;
    }
    add(&call, text, length < IUM_ASK_MAX_LOG ? length : IUM_ASK_MAX_LOG);
    return ask(&call);
}

enum ium_ask_status ium_ask_memory(uint64_t pages)
{
    struct ium_normal_call call;

    begin(&call, NORMAL_CALL_MEMORY, 0);
    add(&call, &pages, sizeof(pages));
    return ask(&call);
}
