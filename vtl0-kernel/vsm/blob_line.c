#include <vtl0/blob_com1.h>

#include <lib/string.h>
#include <vtl0/hex.h>

enum normal_status blob_line_decode(const char *line, uint8_t *bytes, uint32_t *size)
{
    static const char word[] = "OVSM-BLOB ";
    size_t length = strlen(line), start = sizeof(word) - 1, decoded;

    *size = 0;
    if (strcmp(line, "OVSM-BLOB none") == 0) {
        return NORMAL_STATUS_NOT_FOUND;
    }
    if (length < start || memcmp(line, word, start) != 0 ||
        !hex_decode(line + start, length - start, bytes, BLOB_MAX_SIZE, &decoded)) {
        return NORMAL_STATUS_REFUSED;
    }
    *size = (uint32_t)decoded;
    return NORMAL_STATUS_SUCCESS;
}
