#include "vault-write.h"

#include <string.h>

#include "crypto/support.h"
#include "der.h"

void write_start(struct writer *writer)
{
    writer->at = sizeof(writer->bytes);
}

const uint8_t *write_begin(const struct writer *writer)
{
    return writer->bytes + writer->at;
}

size_t write_size(const struct writer *writer)
{
    return sizeof(writer->bytes) - writer->at;
}

void write_bytes(struct writer *writer, const void *bytes, size_t size)
{
    assert_true(size <= writer->at);
    writer->at -= size;
    memcpy(writer->bytes + writer->at, bytes, size);
}

void write_wrap(struct writer *writer, uint8_t tag, size_t mark)
{
    size_t size = write_size(writer) - mark;
    uint8_t head[4] = { tag, (uint8_t)size };
    size_t used = 2;

    if (size >= 0x100) {
        head[1] = 0x82;
        head[2] = (uint8_t)(size >> 8);
        head[3] = (uint8_t)size;
        used = 4;
    } else if (size >= 0x80) {
        head[1] = 0x81;
        head[2] = (uint8_t)size;
        used = 3;
    }
    write_bytes(writer, head, used);
}

void write_element(struct writer *writer, uint8_t tag, const void *content, size_t size)
{
    size_t mark = write_size(writer);

    write_bytes(writer, content, size);
    write_wrap(writer, tag, mark);
}

void write_natural(struct writer *writer, const uint8_t *number, size_t size)
{
    size_t mark = write_size(writer);

    while (size > 1 && *number == 0) {
        number++;
        size--;
    }
    write_bytes(writer, number, size);
    if (*number >= 0x80) {
        write_bytes(writer, "", 1);
    }
    write_wrap(writer, DER_INTEGER, mark);
}

void write_uint32(struct writer *writer, uint32_t value)
{
    const uint8_t bytes[] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value };

    write_natural(writer, bytes, sizeof(bytes));
}
