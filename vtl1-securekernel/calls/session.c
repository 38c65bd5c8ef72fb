#include <sk/session.h>

#include <stddef.h>

struct session {
    uint64_t handle; /* 0: slot unused */
    struct process *process;
};

static struct session sessions[SESSIONS];
static uint64_t last_handle;

static struct session *find(uint64_t handle)
{
    for (unsigned i = 0; i < SESSIONS; i++) {
        if (sessions[i].handle == handle) {
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
    /* A counter, so that an old handle is never taken for a new one. Whoever is VTL0's kernel may use any handle: no secret. */
    *slot = (struct session){ ++last_handle, process };
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

void session_close_all(const struct process *process)
{
    for (unsigned i = 0; i < SESSIONS; i++) {
        if (sessions[i].process == process) {
            session_close(sessions[i].handle);
        }
    }
}
