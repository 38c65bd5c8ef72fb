/*
 * A trustlet's manifest as text: one "key = value" a line, "#" begins a
 * comment. docs/secure-kernel.md has the table of keys. Pure, no I/O.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <abi/image.h>

#define MANIFEST_MAX_SIZE 16384u

struct manifest_problem {
    unsigned line;  /* from 1; of a missing key: the last one */
    char text[160]; /* one sentence */
};

/*
 * text[0..size) to a header with payload_size zero; text[size] must be a zero
 * byte. debug: the build's, sets SIGNED_IMAGE_DEBUG. False: *problem says the
 * first thing that is wrong; *header is meaningless.
 */
bool manifest_parse(const char *text, size_t size, bool debug, struct signed_image_header *header,
                    struct manifest_problem *problem);
