#include <sk/handle.h>

static uint64_t last;

uint64_t handle_new(void)
{
    return ++last;
}
