/* The notebook itself: notes under keys, in one structure that can be sealed as it is. Pure, no I/O. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "notes.h"

struct note {
    uint8_t key_size; /* 0: no note, and all of it zero */
    uint8_t value_size;
    uint8_t key[NOTES_MAX_KEY];
    uint8_t value[NOTES_MAX_VALUE];
};

struct book {
    uint64_t generation; /* of the last NOTES_SAVE */
    uint64_t reserved;   /* zero */
    struct note notes[NOTES_MAX_NOTES];
};
_Static_assert(sizeof(struct book) == 2608, "no holes: all of it is sealed");

/* The note of a key of 1..NOTES_MAX_KEY bytes, or NULL. */
const struct note *book_find(const struct book *book, const uint8_t *key, uint32_t key_size);

/* Sizes within the limits of notes.h. False: no room for a further note; the book is as it was. */
bool book_put(struct book *book, const uint8_t *key, uint32_t key_size, const uint8_t *value, uint32_t value_size);

/* Wipes the note of a key. False: there is none. */
bool book_remove(struct book *book, const uint8_t *key, uint32_t key_size);

/* Is every size within its limits? Asked of what comes out of a blob. */
bool book_is_sound(const struct book *book);
