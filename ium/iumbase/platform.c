#include <ium/platform.h>

#include <ium/syscalls.h>
#include <ium/text.h>

bool ium_platform(struct ium_platform *platform)
{
    bool known = ium_get_platform(platform) == IUM_SUCCESS;

    if (!known) {
        memset(platform, 0, sizeof(*platform));
    }
    return known;
}
