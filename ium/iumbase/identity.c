#include <ium/identity.h>

#include <ium/syscalls.h>
#include <ium/text.h>

bool ium_who_am_i(struct ium_identity *identity)
{
    bool known = ium_get_identity(identity) == IUM_SUCCESS;

    if (!known) {
        memset(identity, 0, sizeof(*identity));
    }
    return known;
}
