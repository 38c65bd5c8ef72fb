#include <string.h>

#include <lib/string.h>

void secure_zero(void *to, size_t size)
{
    explicit_bzero(to, size);
}
