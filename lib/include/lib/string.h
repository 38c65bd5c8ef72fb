/* The memory and string functions every freestanding part links. Semantics are those of ISO C. */
#pragma once

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);

/* Overwrites size bytes with zero; the compiler may not drop it. */
void secure_zero(void *to, size_t size);
