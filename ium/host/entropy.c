#include <sys/random.h>
#include <sys/types.h>

#include <crypto/entropy.h>

bool entropy_read(void *to, size_t size)
{
    return getrandom(to, size, 0) == (ssize_t)size;
}
