#include <sk/session.h>

#include <stddef.h>

#include <sk/handle.h>
#include <sk/mutant.h>
#include <sk/thread.h>

struct session {
    uint64_t handle; /* 0: slot unused */
    struct process *process;
};

static struct session sessions[SESSIONS];

static struct session *find(uint64_t handle)
{
    for (unsigned i = 0; i < SESSIONS; i++) {
        if (sessions[i].handle == handle || (mutant_is(MUTANT_SESSIONS_ANY) && handle != 0 && sessions[i].handle != 0)) {
            return &sessions[i];
        }
    }
    return NULL;
}

uint64_t session_open(struct process *process)
{
    struct session *slot = find(0);

    if (slot == NULL || process->session_count >= process->image.max_sessions || !process_may_have_handle(process)) {
        return 0;
    }
    *slot = (struct session){ handle_new(), process };
    process->session_count++;
    return slot->handle;
}

struct process *session_find(uint64_t handle)
{
    struct session *session = handle != 0 ? find(handle) : NULL;

    return session != NULL ? session->process : NULL;
}

void session_close(uint64_t handle)
{
    struct session *session = find(handle);

    session->process->session_count--;
    *session = (struct session){ 0 };
}

uint64_t session_count(void)
{
    uint64_t count = 0;

    for (unsigned i = 0; i < SESSIONS; i++) {
        count += sessions[i].handle != 0;
    }
    return count;
}

/* VTL0 may have guessed the handle and closed it, once the process was no longer alive. */
void session_close_unopened(const struct process *process)
{
    for (const struct thread *thread = process->threads; thread != NULL; thread = thread->next) {
        if (thread->serving && thread->service == SECURE_SERVICE_OPEN_SESSION && session_find(thread->call->session) == process) {
            session_close(thread->call->session);
        }
    }
}

void session_close_all(const struct process *process)
{
    for (unsigned i = 0; i < SESSIONS; i++) {
        if (sessions[i].process == process) {
            session_close(sessions[i].handle);
        }
    }
}
