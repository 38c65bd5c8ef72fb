#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void fail(const char *text, ...)
{
    va_list arguments;

    va_start(arguments, text);
    fputs("error: ", stderr);
    vfprintf(stderr, text, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

struct buffer read_file(const char *path, size_t limit)
{
    struct buffer file = { .data = malloc(limit + 2) };
    FILE *stream = fopen(path, "rb");

    if (file.data == NULL || stream == NULL) {
        fail("%s: %s", path, strerror(errno));
    }
    file.size = fread(file.data, 1, limit + 1, stream);
    if (ferror(stream)) {
        fail("%s: %s", path, strerror(errno));
    }
    if (file.size > limit) {
        fail("%s: larger than %zu bytes", path, limit);
    }
    fclose(stream);
    file.data[file.size] = 0;
    return file;
}

void write_file(const char *path, const void *data, size_t size, mode_t mode)
{
    char temporary[4096];
    int file;

    if ((size_t)snprintf(temporary, sizeof(temporary), "%s.%ld", path, (long)getpid()) >= sizeof(temporary)) {
        fail("%s: path too long", path);
    }
    file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0 || write(file, data, size) != (ssize_t)size || fchmod(file, mode) != 0 || close(file) != 0 ||
        rename(temporary, path) != 0) {
        int reason = errno;

        unlink(temporary);
        fail("%s: %s", path, strerror(reason));
    }
}
