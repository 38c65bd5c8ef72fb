#include <lib/string.h>

/* GCC may turn these loops into calls of themselves: the build passes -fno-tree-loop-distribute-patterns for this file. */

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    void *start = to;
    size_t words = size / 8;

    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
    size &= 7;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
    return start;
}

void *memmove(void *to, const void *from, size_t size)
{
    unsigned char *t = to;
    const unsigned char *f = from;

    if (t <= f || t >= f + size) {
        return memcpy(to, from, size);
    }
    while (size-- > 0) {
        t[size] = f[size];
    }
    return to;
}

void *memset(void *to, int value, size_t size)
{
    void *start = to;
    unsigned long pattern = 0x0101010101010101UL * (unsigned char)value;
    size_t words = size / 8;

    __asm__ volatile("rep stosq" : "+D"(to), "+c"(words) : "a"(pattern) : "memory");
    size &= 7;
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(pattern) : "memory");
    return start;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const unsigned char *x = a;
    const unsigned char *y = b;

    for (size_t i = 0; i < size; i++) {
        if (x[i] != y[i]) {
            return x[i] < y[i] ? -1 : 1;
        }
    }
    return 0;
}

size_t strlen(const char *text)
{
    size_t length = 0;

    while (text[length] != '\0') {
        length++;
    }
    return length;
}

int strcmp(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return (unsigned char)*a - (unsigned char)*b;
}

void secure_zero(void *to, size_t size)
{
    memset(to, 0, size);
    __asm__ volatile("" : : "r"(to) : "memory");
}
