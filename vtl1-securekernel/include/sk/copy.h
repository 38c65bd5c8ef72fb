/* Copies that may fault: the other side of the memory is VTL0's or ring 3's. */
#pragma once

#include <stdint.h>

/* Each byte is read and written once, eight at a time. Returns 0, or how many bytes were not copied when a fault ended it. */
uint64_t copy_fallible(void *to, const void *from, uint64_t size);

/* As copy_fallible, with supervisor access to user pages open (SMAP) for just the copy. The user side must be below USER_LIMIT. */
uint64_t copy_user_fallible(void *to, const void *from, uint64_t size);
