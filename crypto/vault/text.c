#include <crypto/text.h>

#include <lib/string.h>

struct utf8_form {
    uint8_t mask;      /* which bits of the first byte tell the form */
    uint8_t lead;      /* and what they are */
    uint8_t trailing;  /* bytes that follow */
    uint32_t lowest;   /* smaller values are overlong */
};

static const struct utf8_form forms[] = {
    { 0x80, 0x00, 0, 0x1 }, /* U+0000 is refused here */
    { 0xe0, 0xc0, 1, 0x80 },
    { 0xf0, 0xe0, 2, 0x800 },
    { 0xf8, 0xf0, 3, 0x10000 },
};

static const struct utf8_form *find_form(uint8_t first)
{
    for (unsigned i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if ((first & forms[i].mask) == forms[i].lead) {
            return &forms[i];
        }
    }
    return NULL;
}

/* One code point from text[*at..size); moves *at behind it. */
static bool decode_one(const uint8_t *text, size_t size, size_t *at, uint32_t *value)
{
    const struct utf8_form *form = find_form(text[*at]);

    if (form == NULL || size - *at <= form->trailing) {
        return false;
    }
    *value = text[*at] & (uint8_t)~form->mask;
    for (unsigned i = 1; i <= form->trailing; i++) {
        uint8_t byte = text[*at + i];

        if ((byte & 0xc0) != 0x80) {
            return false;
        }
        *value = *value << 6 | (byte & 0x3f);
    }
    *at += 1u + form->trailing;
    return *value >= form->lowest && *value <= 0x10ffff && (*value < 0xd800 || *value > 0xdfff);
}

static void store_unit(uint8_t *to, uint32_t unit)
{
    to[0] = (uint8_t)unit;
    to[1] = (uint8_t)(unit >> 8);
}

/* UTF-16LE of one code point; returns its bytes, 0 when they do not fit. */
static size_t encode_one(uint32_t value, uint8_t *to, size_t capacity)
{
    if (value < 0x10000) {
        if (capacity < 2) {
            return 0;
        }
        store_unit(to, value);
        return 2;
    }
    if (capacity < 4) {
        return 0;
    }
    store_unit(to, 0xd800 + ((value - 0x10000) >> 10));
    store_unit(to + 2, 0xdc00 + ((value - 0x10000) & 0x3ff));
    return 4;
}

bool text_utf16le(const uint8_t *text, size_t size, uint8_t *to, size_t capacity, size_t *written)
{
    size_t used = 0;
    size_t at = 0;
    uint32_t value = 0;
    bool good = true;

    while (at < size && good) {
        size_t stored = 0;

        if (decode_one(text, size, &at, &value)) {
            stored = encode_one(value, to + used, capacity - used);
        }
        good = stored != 0;
        used += stored;
    }
    if (!good) {
        secure_zero(to, used);
        used = 0;
    }
    *written = used;
    return good;
}

bool text_is_utf8(const uint8_t *text, size_t size)
{
    size_t at = 0;
    uint32_t value;

    while (at < size) {
        if (!decode_one(text, size, &at, &value)) {
            return false;
        }
    }
    return true;
}

bool text_ascii_upper(const uint8_t *text, size_t size, uint8_t *to)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] == 0 || text[i] > 0x7f) {
            return false;
        }
        to[i] = text[i] >= 'a' && text[i] <= 'z' ? (uint8_t)(text[i] - 'a' + 'A') : text[i];
    }
    return true;
}
