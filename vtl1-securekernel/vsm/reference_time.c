#include <sk/reference_time.h>

/* The processors' counters may be out of step (the hypervisor logs it then): a thread that moves must not see that. */
uint64_t reference_time_forward(void)
{
    static uint64_t latest;
    uint64_t now = reference_time();

    if (now > latest) {
        latest = now;
    }
    return latest;
}
