/*
 * CREATE_THREAD and WAIT_CALL. Each thread is one of the build machine, but only one of them
 * ever runs: who gives a call waits until it is answered.
 */
#include <ium/host.h>

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ium/syscalls.h>

#include "internal.h"

struct host_thread {
    pthread_t thread;
    sem_t go, done;
    struct ium_call *call;
    void (*entry)(struct ium_call *call);
    bool waits;  /* for a call */
    bool ending; /* go: the process is over */
    bool gone;   /* done: it made EXIT */
};

static struct host_thread threads[IUM_MAX_THREADS];
static uint32_t count; /* without the first thread */
static _Thread_local struct host_thread *self;

bool host_thread_is_self(void)
{
    return self != NULL;
}

void host_thread_exit(void)
{
    self->gone = true;
    sem_post(&self->done);
    pthread_exit(NULL);
}

static void wait_for_call(void)
{
    while (sem_wait(&self->go) != 0) {
    }
    if (self->ending) {
        pthread_exit(NULL);
    }
}

static void *run(void *argument)
{
    self = argument;
    wait_for_call();
    self->entry(self->call);
    fprintf(stderr, "a thread's entry returned: there is nothing to return to\n");
    abort();
}

int64_t ium_create_thread(struct ium_call *call, void (*entry)(struct ium_call *call), void *stack_top)
{
    struct host_thread *new = &threads[count];

    (void)stack_top; /* the build machine has one */
    if (!host_allows(IUM_SYSCALL_CREATE_THREAD)) {
        return IUM_UNKNOWN_SYSCALL;
    }
    if (count + 1 >= trustlet_manifest()->max_sessions) {
        return IUM_BAD_ARGUMENT;
    }
    if (count + 1 >= IUM_MAX_THREADS) {
        return IUM_NO_MEMORY;
    }
    *new = (struct host_thread){ .call = call, .entry = entry, .waits = true };
    sem_init(&new->go, 0, 0);
    sem_init(&new->done, 0, 0);
    if (pthread_create(&new->thread, NULL, run, new) != 0) {
        return IUM_NO_MEMORY;
    }
    count++;
    return IUM_SUCCESS;
}

/* The first thread's is made by the harness, around ium_serve. */
int64_t ium_wait_call(struct ium_call *call)
{
    if (!host_allows(IUM_SYSCALL_WAIT_CALL)) {
        return IUM_UNKNOWN_SYSCALL;
    }
    if (self == NULL) {
        fprintf(stderr, "the first thread waits for calls in the harness, not by itself\n");
        abort();
    }
    if (call->size > IUM_CALL_DATA_SIZE) {
        return IUM_BAD_ARGUMENT;
    }
    self->call = call;
    sem_post(&self->done);
    wait_for_call();
    return IUM_SUCCESS;
}

struct host_thread *host_thread_waiting(void)
{
    for (uint32_t i = count; i-- > 0;) {
        if (threads[i].waits) {
            return &threads[i];
        }
    }
    return NULL;
}

/* What the thread named as its buffer stays named. */
bool host_thread_serve(struct host_thread *thread, struct ium_call *call)
{
    uint64_t buffer = thread->call->buffer;
    uint32_t buffer_size = thread->call->buffer_size;

    *thread->call = *call;
    thread->call->buffer = buffer;
    thread->call->buffer_size = buffer_size;
    thread->waits = false;
    sem_post(&thread->go);
    while (sem_wait(&thread->done) != 0) {
    }
    if (thread->gone) {
        return false;
    }
    thread->waits = true;
    call->status = thread->call->status;
    call->size = thread->call->size;
    memcpy(call->data, thread->call->data, sizeof(call->data));
    return true;
}

void host_threads_end(void)
{
    for (uint32_t i = 0; i < count; i++) {
        threads[i].ending = true;
        sem_post(&threads[i].go);
        pthread_join(threads[i].thread, NULL);
        sem_destroy(&threads[i].go);
        sem_destroy(&threads[i].done);
    }
    count = 0;
}
