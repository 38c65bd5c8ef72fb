/* Text as Windows protocols want it: strict UTF-8 in, UTF-16LE or upper case out. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decodes text[0..size) and stores it as UTF-16LE. Refused, as the Unicode
 * standard demands (section "UTF-8"): overlong forms, surrogates, values above
 * U+10FFFF, truncated and stray bytes; and U+0000, which would let two
 * different pairs of user and domain look alike. 2 * size bytes of room always
 * suffice. On false (refused, or capacity too small) to holds nothing of the
 * text and *written is 0. text may be NULL when size is 0.
 */
bool text_utf16le(const uint8_t *text, size_t size, uint8_t *to, size_t capacity, size_t *written);

/* True when text_utf16le would accept it. */
bool text_is_utf8(const uint8_t *text, size_t size);

/*
 * Upper-cases ASCII; to has room for size bytes. False for anything beyond
 * U+0001..U+007F: Windows upper-cases by a table of its own, and a guess that
 * differs in one letter gives a key that is wrong without a word.
 */
bool text_ascii_upper(const uint8_t *text, size_t size, uint8_t *to);
