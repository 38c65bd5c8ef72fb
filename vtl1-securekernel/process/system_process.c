#include <sk/system_process.h>

#include <sk/session.h>
#include <sk/thread.h>

enum { LAUNCHER, THREADS };

static struct system_thread threads[THREADS];

bool system_process_init(void)
{
    for (unsigned i = 0; i < THREADS; i++) {
        if (!system_thread_init(&threads[i], i)) {
            return false;
        }
    }
    return true;
}

struct system_thread *system_process_launcher(void)
{
    return &threads[LAUNCHER];
}

uint32_t system_process_threads(void)
{
    return THREADS;
}

uint64_t system_process_handles(void)
{
    uint64_t count = session_count() + thread_count_calls();

    for (unsigned i = 0; i < THREADS; i++) {
        count += threads[i].state != SYSTEM_THREAD_IDLE;
    }
    return count;
}
