#include "inspector.h"

#include <worker/worker.h>

#include "calls.h"

volatile struct subject subject;

void subject_thread(uint64_t argument)
{
    subject.by_thread = argument;
    user_end_work();
}

void subject_apc(uint64_t argument)
{
    subject.by_apc = argument;
    user_end_work();
}

/* The word comes inverted, so that only this process has it. */
int64_t subject_keep(uint64_t word)
{
    for (unsigned i = 0; i < SUBJECT_COPIES; i++) {
        subject.kept[i] = word ^ WORKER_MASK;
    }
    subject.ready = SUBJECT_READY;
    return 0;
}

int64_t subject_break(void)
{
    __asm__ volatile("ud2");
    return 0;
}
