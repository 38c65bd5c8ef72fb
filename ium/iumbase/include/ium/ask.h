/*
 * Asking VTL0 (normal calls, abi/normal_calls.def). Needs the system call
 * NORMAL_CALL. Whatever comes back is VTL0's claim: it may lie, refuse, or never
 * answer, and then the call being served never ends, unless its caller ends the
 * trustlet. What goes out is VTL0's to read: seal it first (sealed.h). Each
 * function needs about 4 KiB of stack. In start() of a trustlet of the boot image
 * there is nobody to ask, and every question is refused.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <abi/normal_call.h>

#define IUM_ASK_MAX_NAME (NORMAL_CALL_NAME_SIZE - 1)                     /* characters of a blob's name, at least 1 */
#define IUM_ASK_MAX_BLOB (NORMAL_CALL_DATA_SIZE - NORMAL_CALL_NAME_SIZE) /* bytes */
#define IUM_ASK_MAX_LOG  256u                                            /* characters of a line */

enum ium_ask_status {
    IUM_ASK_DONE = 0,         /* VTL0 says it was done */
    IUM_ASK_NOT_FOUND = 1,    /* VTL0 says there is no blob of that name */
    IUM_ASK_NO_SPACE = 2,     /* VTL0 says it has no room for the blob, or no memory to give */
    IUM_ASK_REFUSED = 3,      /* VTL0 would not, or there is nobody to ask */
    IUM_ASK_BAD_ARGUMENT = 4, /* a size or a name is out of range; nobody was asked */
    IUM_ASK_NOT_ALLOWED = 5,  /* the manifest does not name NORMAL_CALL */
    IUM_ASK_BAD_REPLY = 6,    /* not an answer to this question */
    IUM_ASK_TOO_LONG = 7,     /* what VTL0 has under that name is longer than the room there is */
};

/* The blob of that name: *size bytes, at most room, in to. Unless IUM_ASK_DONE, *size is 0 and to is unchanged. */
enum ium_ask_status ium_ask_read_blob(const char *name, void *to, size_t room, size_t *size);

/* The blob of that name is to be data[0..size), 0..IUM_ASK_MAX_BLOB bytes, and no others. */
enum ium_ask_status ium_ask_write_blob(const char *name, const void *data, size_t size);

/* There is to be no blob of that name. */
enum ium_ask_status ium_ask_delete_blob(const char *name);

/* VTL0's clock: 100 ns since 1601-01-01 UTC. A hint for people to read; unless IUM_ASK_DONE, *time is 0. */
enum ium_ask_status ium_ask_time_hint(uint64_t *time);

/* A line on VTL0's console, 1 character at least, cut at IUM_ASK_MAX_LOG. */
enum ium_ask_status ium_ask_log(const char *text);

/* VTL0 is to donate that many 4 KiB pages to VTL1: to all of it, not to this trustlet. */
enum ium_ask_status ium_ask_memory(uint64_t pages);
