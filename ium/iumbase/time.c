#include <ium/time.h>

#include <ium/syscalls.h>

uint64_t ium_time(void)
{
    int64_t time = ium_get_time();

    return time < 0 ? 0 : (uint64_t)time;
}

uint64_t ium_ticks(void)
{
    static uint64_t last;
    uint32_t low, high;
    uint64_t now;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    now = (uint64_t)high << 32 | low;
    if (now > last) {
        last = now;
    }
    return last;
}
