/*
 * Reads DER (X.690, "Distinguished encoding rules") that is not trusted, as little of it as Kerberos and RSA keys need: tags
 * of one byte, definite lengths in their shortest form. Whatever else is there is refused. Nothing is copied or allocated.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum der_tag {
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_GENERALIZED_TIME = 0x18,
    DER_GENERAL_STRING = 0x1b,
    DER_SEQUENCE = 0x30,
};

#define DER_CONTEXT(number)     (0xa0u + (number)) /* constructed, as Kerberos' explicit tags are */
#define DER_APPLICATION(number) (0x60u + (number))

/* What is still to be read: at[0..size). The memory is the caller's. */
struct der {
    const uint8_t *at;
    size_t size;
};

/* Takes the next element, which must have that tag; its content goes to *content. False: another, or none, or malformed. */
bool der_take(struct der *der, uint8_t tag, struct der *content);

/* The same for an element of any tag. On false nothing was taken. */
bool der_take_any(struct der *der, uint8_t *tag, struct der *content);

/* Takes an element that consists of exactly one other: an explicit tag around an inner one, whose content goes to *content. */
bool der_take_explicit(struct der *der, uint8_t outer, uint8_t inner, struct der *content);

/* Takes an INTEGER of at least 0, in its shortest form; number: its bytes, big-endian, without a leading zero; none for 0. */
bool der_take_natural(struct der *der, struct der *number);

/* The same for one that fits. */
bool der_take_uint32(struct der *der, uint32_t *value);

/* Are these whole elements, in constructed ones too, nowhere deeper than DER_MAX_DEPTH? Empty: yes. */
bool der_is_whole(struct der der);

#define DER_MAX_DEPTH 16u
