#include "der.h"

#define TAG_NUMBER  0x1fu /* all ones: more bytes of tag follow */
#define CONSTRUCTED 0x20u
#define LONG_FORM   0x80u
#define MAX_OCTETS  2u    /* of a length: nothing here is longer than 65535 bytes */

/* The length that begins at at[0]; its own bytes go to *octets. False: indefinite, too long, not the shortest form, or cut off. */
static bool read_length(const uint8_t *at, size_t size, size_t *length, size_t *octets)
{
    size_t count;

    if (size == 0) {
        return false;
    }
    *length = at[0];
    *octets = 1;
    if (at[0] < LONG_FORM) {
        return true;
    }
    count = at[0] - LONG_FORM;
    if (count == 0 || count > MAX_OCTETS || size <= count) {
        return false;
    }
    *length = count == 1 ? at[1] : (size_t)at[1] << 8 | at[2];
    *octets = 1 + count;
    return *length >= (count == 1 ? 0x80u : 0x100u);
}

bool der_take_any(struct der *der, uint8_t *tag, struct der *content)
{
    size_t length, octets;

    if (der->size == 0 || (der->at[0] & TAG_NUMBER) == TAG_NUMBER || !read_length(der->at + 1, der->size - 1, &length, &octets) ||
        length > der->size - 1 - octets) {
        return false;
    }
    *tag = der->at[0];
    content->at = der->at + 1 + octets;
    content->size = length;
    der->at = content->at + length;
    der->size -= 1 + octets + length;
    return true;
}

bool der_take(struct der *der, uint8_t tag, struct der *content)
{
    uint8_t found;

    return der->size > 0 && der->at[0] == tag && der_take_any(der, &found, content);
}

bool der_take_explicit(struct der *der, uint8_t outer, uint8_t inner, struct der *content)
{
    struct der wrapper;

    return der_take(der, outer, &wrapper) && der_take(&wrapper, inner, content) && wrapper.size == 0;
}

bool der_take_natural(struct der *der, struct der *number)
{
    if (!der_take(der, DER_INTEGER, number) || number->size == 0 || number->at[0] >= 0x80) {
        return false;
    }
    if (number->at[0] == 0) {
        number->at++;
        number->size--;
        return number->size == 0 || number->at[0] >= 0x80;
    }
    return true;
}

bool der_take_uint32(struct der *der, uint32_t *value)
{
    struct der number;

    if (!der_take_natural(der, &number) || number.size > sizeof(*value)) {
        return false;
    }
    *value = 0;
    for (size_t i = 0; i < number.size; i++) {
        *value = *value << 8 | number.at[i];
    }
    return true;
}

/* Without recursion: how much is left of each of the elements around what is read next. */
bool der_is_whole(struct der der)
{
    size_t left[DER_MAX_DEPTH];
    unsigned depth = 0;
    struct der content;
    uint8_t tag;

    left[0] = der.size;
    for (;;) {
        while (left[depth] == 0) {
            if (depth-- == 0) {
                return true;
            }
        }
        der.size = left[depth];
        if (!der_take_any(&der, &tag, &content)) {
            return false;
        }
        left[depth] = der.size;
        if ((tag & CONSTRUCTED) != 0) {
            if (++depth == DER_MAX_DEPTH) {
                return false;
            }
            left[depth] = content.size;
            der.at = content.at;
        }
    }
}
