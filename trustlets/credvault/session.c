#include "session.h"

#include <stddef.h>

#include <lib/string.h>

#include "session_keys.h"

static struct session sessions[SESSIONS];

struct session *session_find(uint64_t handle)
{
    for (uint32_t i = 0; i < SESSIONS; i++) {
        if (sessions[i].handle == handle) {
            return &sessions[i];
        }
    }
    return NULL;
}

bool session_open(uint64_t handle)
{
    struct session *session = session_find(0);

    if (session != NULL) {
        session->handle = handle;
    }
    return session != NULL;
}

void session_close(uint64_t handle)
{
    struct session *session = session_find(handle);

    session_key_release(handle);
    if (session != NULL) {
        secure_zero(session, sizeof(*session));
    }
}

void session_forget(void)
{
    for (uint32_t i = 0; i < SESSIONS; i++) {
        uint64_t handle = sessions[i].handle;

        if (handle != 0) {
            session_key_release(handle);
            secure_zero(&sessions[i], sizeof(sessions[i]));
            sessions[i].handle = handle;
        }
    }
}

void session_start(void)
{
    session_forget();
    secure_zero(sessions, sizeof(sessions));
}

static uint32_t *find_armed(struct session *session, uint32_t credential)
{
    for (uint32_t i = 0; i < SESSION_ARMED; i++) {
        if (session->armed[i] == credential) {
            return &session->armed[i];
        }
    }
    return NULL;
}

bool session_is_armed(const struct session *session, uint32_t credential)
{
    return find_armed((struct session *)session, credential) != NULL;
}

void session_disarm(struct session *session, uint32_t credential)
{
    uint32_t *armed = find_armed(session, credential);

    if (armed != NULL) {
        *armed = 0;
    }
}

/* The one that is armed longest makes room. */
void session_arm(struct session *session, uint32_t credential)
{
    session_disarm(session, credential);
    if (find_armed(session, 0) == NULL) {
        session->armed[0] = session->armed[1];
        session->armed[1] = 0;
    }
    *find_armed(session, 0) = credential;
}
