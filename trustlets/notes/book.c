#include "book.h"

#include <ium/text.h>

static struct note *find(struct book *book, const uint8_t *key, uint32_t key_size)
{
    for (uint32_t i = 0; i < NOTES_MAX_NOTES; i++) {
        if (book->notes[i].key_size == key_size && memcmp(book->notes[i].key, key, key_size) == 0) {
            return &book->notes[i];
        }
    }
    return NULL;
}

const struct note *book_find(const struct book *book, const uint8_t *key, uint32_t key_size)
{
    return find((struct book *)book, key, key_size);
}

bool book_put(struct book *book, const uint8_t *key, uint32_t key_size, const uint8_t *value, uint32_t value_size)
{
    struct note *note = find(book, key, key_size);

    if (note == NULL) {
        note = find(book, key, 0);
    }
    if (note == NULL) {
        return false;
    }
    secure_zero(note, sizeof(*note));
    note->key_size = (uint8_t)key_size;
    note->value_size = (uint8_t)value_size;
    memcpy(note->key, key, key_size);
    memcpy(note->value, value, value_size);
    return true;
}

bool book_remove(struct book *book, const uint8_t *key, uint32_t key_size)
{
    struct note *note = find(book, key, key_size);

    if (note != NULL) {
        secure_zero(note, sizeof(*note));
    }
    return note != NULL;
}

bool book_is_sound(const struct book *book)
{
    for (uint32_t i = 0; i < NOTES_MAX_NOTES; i++) {
        if (book->notes[i].key_size > NOTES_MAX_KEY || book->notes[i].value_size > NOTES_MAX_VALUE) {
            return false;
        }
    }
    return book->reserved == 0;
}
