/* Writes DER for tests: what a KDC, or an RSA key's owner, would write. Inner elements first, from the end towards the front. */
#pragma once

#include <stdint.h>
#include <stddef.h>

struct writer {
    uint8_t bytes[4096]; /* what is written is at the end */
    size_t at;           /* where it begins */
};

/* Empty. */
void write_start(struct writer *writer);

/* Where it begins now, and how long it is. */
const uint8_t *write_begin(const struct writer *writer);
size_t write_size(const struct writer *writer);

/* Bytes in front of what is there. */
void write_bytes(struct writer *writer, const void *bytes, size_t size);

/* Tag and length in front of everything written since size was mark. */
void write_wrap(struct writer *writer, uint8_t tag, size_t mark);

/* An element with that content. */
void write_element(struct writer *writer, uint8_t tag, const void *content, size_t size);

/* INTEGER of big-endian bytes, in its shortest form. */
void write_natural(struct writer *writer, const uint8_t *number, size_t size);
void write_uint32(struct writer *writer, uint32_t value);
