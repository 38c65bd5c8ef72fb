#include <ium/fresh.h>

#include <ium/syscalls.h>
#include <ium/text.h>

static enum ium_fresh_status meaning(int64_t status)
{
    switch (status) {
    case IUM_SUCCESS:
        return IUM_FRESH_OK;
    case IUM_BAD_ARGUMENT:
        return IUM_FRESH_CONFLICT;
    case IUM_UNKNOWN_SYSCALL:
        return IUM_FRESH_NOT_ALLOWED;
    default:
        return IUM_FRESH_FAILED;
    }
}

enum ium_fresh_status ium_freshness(struct ium_freshness *freshness)
{
    int64_t status;

    do {
        status = ium_freshness_get(freshness);
    } while (status == IUM_AGAIN);
    if (status != IUM_SUCCESS) {
        memset(freshness, 0, sizeof(*freshness));
    }
    return meaning(status);
}

enum ium_fresh_status ium_set_freshness(const uint8_t digest[IUM_FRESHNESS_DIGEST_SIZE], uint64_t generation)
{
    int64_t status;

    do {
        status = ium_freshness_set(digest, generation);
    } while (status == IUM_AGAIN);
    return meaning(status);
}

enum ium_fresh_status ium_reset_freshness(void)
{
    int64_t status;

    do {
        status = ium_freshness_reset();
    } while (status == IUM_AGAIN);
    return meaning(status);
}
