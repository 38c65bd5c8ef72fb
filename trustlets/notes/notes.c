/*
 * A notebook that lives in VTL1 and sleeps with its client: NOTES_SAVE gives
 * all of it as one sealed blob, NOTES_RESTORE takes it back. One notebook for
 * all sessions.
 */
#include "notes.h"

#include <ium/crypto.h>
#include <ium/heap.h>
#include <ium/sealed.h>
#include <ium/text.h>
#include <ium/trustlet.h>

#include "book.h"

_Static_assert(NOTES_BLOB_SIZE == sizeof(struct book) + IUM_SEALED_OVERHEAD, "notes.h says so");

/* The layout is bound, so that a later version's blobs are refused, not misread. */
static const char layout[] = "struct book 1";
static const struct ium_sealed_context context = { .purpose = "notes", .bound = layout, .bound_size = sizeof(layout) };

static struct book book;

static uint32_t put(struct trustlet_call *call)
{
    const uint8_t *key = call->input + sizeof(struct notes_put);
    struct notes_put header;

    memcpy(&header, call->input, sizeof(header));
    if (header.key_size == 0 || header.key_size > NOTES_MAX_KEY || header.value_size > NOTES_MAX_VALUE ||
        sizeof(header) + header.key_size + header.value_size != call->input_size) {
        return NOTES_BAD_REQUEST;
    }
    return book_put(&book, key, header.key_size, key + header.key_size, header.value_size) ? TRUSTLET_SUCCESS : NOTES_FULL;
}

static uint32_t get(struct trustlet_call *call)
{
    const struct note *note = book_find(&book, call->input, call->input_size);

    if (note == NULL) {
        return NOTES_NO_SUCH_KEY;
    }
    memcpy(call->reply, note->value, note->value_size);
    call->reply_size = note->value_size;
    return TRUSTLET_SUCCESS;
}

static uint32_t remove_note(struct trustlet_call *call)
{
    return book_remove(&book, call->input, call->input_size) ? TRUSTLET_SUCCESS : NOTES_NO_SUCH_KEY;
}

/* The generation counts only when the blob is on its way. */
static uint32_t save(struct trustlet_call *call)
{
    size_t size;

    book.generation++;
    if (ium_seal(&context, &book, sizeof(book), call->reply, call->reply_capacity, &size) != IUM_SEALED_OK) {
        book.generation--;
        return NOTES_INTERNAL;
    }
    call->reply_size = (uint32_t)size;
    return TRUSTLET_SUCCESS;
}

/* Sealed here, whole and not older than what was saved last. */
static uint32_t open_blob(const struct trustlet_call *call, struct book *opened)
{
    size_t size;
    enum ium_sealed_status status = ium_unseal(&context, call->input, call->input_size, opened, sizeof(*opened), &size);

    if (status == IUM_SEALED_FAILED) {
        return NOTES_INTERNAL;
    }
    return status == IUM_SEALED_OK && size == sizeof(*opened) && book_is_sound(opened) && opened->generation >= book.generation
               ? TRUSTLET_SUCCESS
               : NOTES_BLOB_REFUSED;
}

static uint32_t restore(struct trustlet_call *call)
{
    struct book *opened = ium_malloc(sizeof(*opened));
    uint32_t status = opened != NULL ? open_blob(call, opened) : NOTES_INTERNAL;

    if (status == TRUSTLET_SUCCESS) {
        book = *opened;
    }
    ium_free(opened); /* which wipes it */
    return status;
}

static bool start(void)
{
    secure_zero(&book, sizeof(book));
    return true;
}

#define MAX_PUT (sizeof(struct notes_put) + NOTES_MAX_KEY + NOTES_MAX_VALUE)

static const struct trustlet_command commands[] = {
    { .command = NOTES_PUT, .min_input = sizeof(struct notes_put) + 1, .max_input = MAX_PUT, .serve = put },
    { .command = NOTES_GET, .min_input = 1, .max_input = NOTES_MAX_KEY, .min_reply = NOTES_MAX_VALUE, .serve = get },
    { .command = NOTES_REMOVE, .min_input = 1, .max_input = NOTES_MAX_KEY, .serve = remove_note },
    { .command = NOTES_SAVE, .min_reply = NOTES_BLOB_SIZE, .serve = save },
    { .command = NOTES_RESTORE, .max_input = TRUSTLET_MAX_INPUT, .serve = restore }, /* another length is refused as any wrong blob */
};

const struct trustlet this_trustlet = {
    .commands = commands,
    .command_count = sizeof(commands) / sizeof(commands[0]),
    .start = start,
};
