#include "credential_line.h"

#include <lib/string.h>
#include <vtl0/hex.h>

/* One field: a blank, then digits, possibly none. */
static bool field(char **at, size_t max, struct vault_bytes *bytes)
{
    char *digits = *at + 1;
    size_t length = 0;

    if (**at != ' ') {
        return false;
    }
    while (digits[length] != ' ' && digits[length] != '\0') {
        length++;
    }
    *at = digits + length;
    bytes->at = (const uint8_t *)digits;
    return hex_decode(digits, length, (uint8_t *)digits, max, &bytes->size);
}

bool credential_line_parse(char *line, struct vault_password *password)
{
    static const char mark[] = "OVSM-CRED";
    size_t size = sizeof(mark) - 1;

    *password = (struct vault_password){ 0 };
    if (strlen(line) < size || memcmp(line, mark, size) != 0) {
        return false;
    }
    line += size;
    return field(&line, CREDVAULT_MAX_USER, &password->user) && field(&line, CREDVAULT_MAX_DOMAIN, &password->domain) &&
           field(&line, CREDVAULT_MAX_PASSWORD, &password->password) && *line == '\0' && password->user.size > 0;
}
