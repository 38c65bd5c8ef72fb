#include "guest.h"

static const CHAR16 *options;
static uint64_t count;

void options_find(EFI_HANDLE image)
{
    EFI_GUID guid = LOADED_IMAGE_PROTOCOL;
    EFI_LOADED_IMAGE *loaded;

    if (!EFI_ERROR(firmware->HandleProtocol(image, &guid, (void **)&loaded)) && loaded->LoadOptions != NULL) {
        options = loaded->LoadOptions;
        count = loaded->LoadOptionsSize / sizeof(CHAR16);
    }
}

/* Where the word's value begins, or 0. */
static uint64_t value_at(const char *name)
{
    for (uint64_t start = 0; start < count; start++) {
        uint64_t i = 0;

        while (name[i] != '\0' && start + i < count && options[start + i] == (CHAR16)name[i]) {
            i++;
        }
        if (name[i] == '\0' && start + i < count && options[start + i] == '=' && (start == 0 || options[start - 1] == ' ')) {
            return start + i + 1;
        }
    }
    return 0;
}

static unsigned digit(CHAR16 c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10u : 99;
}

uint64_t option_number(const char *name, uint64_t otherwise)
{
    uint64_t at = value_at(name), value = 0;
    unsigned base = 10;

    if (at == 0) {
        return otherwise;
    }
    if (at + 1 < count && options[at] == '0' && options[at + 1] == 'x') {
        base = 16;
        at += 2;
    }
    for (; at < count && digit(options[at]) < base; at++) {
        value = value * base + digit(options[at]);
    }
    return value;
}
