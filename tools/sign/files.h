/* Files of the signing tools, and how they give up: one sentence on standard error, exit code 1. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct buffer {
    uint8_t *data; /* malloc's; a zero byte stands behind the last */
    size_t size;
};

/* Ends the program. */
void fail(const char *text, ...) __attribute__((format(printf, 1, 2), noreturn));

/* The whole file; fails when it cannot be read or is larger than limit bytes. */
struct buffer read_file(const char *path, size_t limit);

/* Written beside its place and renamed: nobody ever reads half a file. Fails when it cannot be. */
void write_file(const char *path, const void *data, size_t size, mode_t mode);
