/*
 * Commands of the notebook (trustlets/notes). All integers are little-endian;
 * keys and values are bytes. README.md walks through it.
 */
#pragma once

#include <stdint.h>

/* 6d1f0a52-93c8-4e7b-8f24-1b5ae07cd963 */
#define NOTES_IDENTITY \
    { 0x6d, 0x1f, 0x0a, 0x52, 0x93, 0xc8, 0x4e, 0x7b, 0x8f, 0x24, 0x1b, 0x5a, 0xe0, 0x7c, 0xd9, 0x63 }

#define NOTES_MAX_NOTES 16u
#define NOTES_MAX_KEY   32u  /* bytes, at least 1 */
#define NOTES_MAX_VALUE 128u /* bytes, may be 0 */

enum notes_command {
    NOTES_PUT = 1,     /* struct notes_put, key, value -> nothing; replaces the value of a known key */
    NOTES_GET = 2,     /* key -> value */
    NOTES_REMOVE = 3,  /* key -> nothing */
    NOTES_SAVE = 4,    /* nothing -> blob of NOTES_BLOB_SIZE bytes; every earlier blob is old from now on */
    NOTES_RESTORE = 5, /* blob -> nothing; all notes are the blob's */
};

/* Below 3: enum trustlet_status of ium/trustlet.h. */
enum notes_status {
    NOTES_BAD_REQUEST = 3, /* the sizes inside do not agree with the input's */
    NOTES_NO_SUCH_KEY = 4,
    NOTES_FULL = 5,        /* NOTES_MAX_NOTES are there */
    NOTES_BLOB_REFUSED = 6, /* changed, another's, or older than the last one: one answer for every reason */
    NOTES_INTERNAL = 7,    /* no key to seal under, or cryptography failed */
};

struct notes_put {
    uint16_t key_size;
    uint16_t value_size;
    /* key and value follow without a gap */
};

#define NOTES_BLOB_SIZE 2656u /* whatever is in the notebook: the length tells nothing */
