#include <ium/random.h>

#include <crypto/entropy.h>
#include <ium/exit.h>
#include <ium/syscalls.h>

void ium_random(void *to, size_t size)
{
    if (!entropy_read(to, size)) {
        ium_exit(IUM_EXIT_NO_RANDOMNESS);
    }
}
