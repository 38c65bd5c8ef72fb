#include <ium/cancel.h>

#include <ium/syscalls.h>

bool ium_cancelled(void)
{
    return ium_is_cancelled() == 1;
}
