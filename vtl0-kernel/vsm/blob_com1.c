#include <vtl0/blob_com1.h>

#include <lib/string.h>
#include <vtl0/console.h>
#include <vtl0/hex.h>
#include <vtl0/processor.h>

#define LINE_SIZE 8192u
#define PART      64u

_Static_assert(LINE_SIZE > sizeof("OVSM-BLOB ") + 2 * BLOB_MAX_SIZE, "the longest answer is a line");

static char line[LINE_SIZE]; /* the boot processor's */

static void put_hex(const char *key, const uint8_t *bytes, size_t size)
{
    char digits[2 * PART];

    console_printf(" %s=", key);
    while (size > 0) {
        size_t part = size < PART ? size : PART;

        hex_encode(bytes, part, digits);
        console_write(digits, 2 * part);
        bytes += part;
        size -= part;
    }
}

static size_t name_length(const struct blob_key *key)
{
    size_t length = NORMAL_CALL_NAME_SIZE;

    while (length > 0 && key->name[length - 1] == 0) {
        length--;
    }
    return length;
}

/* The question, complete, and its answer in line[]. */
static bool ask(const char *verb, const struct blob_key *key, const uint8_t *data, uint32_t size)
{
    if (this_processor()->index != 0) {
        return false;
    }
    console_printf("@openvsm %s", verb);
    put_hex("identity", key->identity, sizeof(key->identity));
    put_hex("name", key->name, name_length(key));
    if (data != NULL) {
        put_hex("data", data, size);
    }
    console_printf("\n");
    console_read_line(line, sizeof(line), false);
    return true;
}

enum normal_status blob_com1_read(const struct blob_key *key, uint8_t *bytes, uint32_t *size)
{
    *size = 0;
    return ask("blob-read", key, NULL, 0) ? blob_line_decode(line, bytes, size) : NORMAL_STATUS_REFUSED;
}

static enum normal_status done(bool asked)
{
    return asked && strcmp(line, "OVSM-DONE") == 0 ? NORMAL_STATUS_SUCCESS : NORMAL_STATUS_REFUSED;
}

enum normal_status blob_com1_write(const struct blob_key *key, const uint8_t *bytes, uint32_t size)
{
    return done(ask("blob-write", key, bytes, size));
}

enum normal_status blob_com1_delete(const struct blob_key *key)
{
    return done(ask("blob-delete", key, NULL, 0));
}
