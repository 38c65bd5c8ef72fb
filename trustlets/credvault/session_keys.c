#include "session_keys.h"

#include <lib/string.h>
#include <vault_mutant.h>

static struct session_key pool[CREDVAULT_SESSION_KEYS];
static uint32_t last_number;

static struct session_key *find_free(void)
{
    for (uint32_t i = 0; i < CREDVAULT_SESSION_KEYS; i++) {
        if (pool[i].session == 0) {
            return &pool[i];
        }
    }
    return NULL;
}

/* Numbers are not used twice: the last one there is ends it. */
bool session_key_room(void)
{
    return find_free() != NULL && last_number != UINT32_MAX;
}

const struct session_key *session_key_add(uint64_t session, uint32_t credential, uint32_t etype, bool ticket_granting,
                                          const uint8_t *key)
{
    struct session_key *added = find_free();

    if (added == NULL || !session_key_room()) {
        return NULL;
    }
    added->session = session;
    added->number = ++last_number;
    added->credential = credential;
    added->etype = etype;
    added->ticket_granting = ticket_granting;
    memcpy(added->key, key, kerberos_key_size((enum kerberos_type)etype));
    return added;
}

const struct session_key *session_key_find(uint64_t session, uint32_t number)
{
    for (uint32_t i = 0; i < CREDVAULT_SESSION_KEYS; i++) {
        if (session != 0 && (pool[i].session == session || mutant_is(MUTANT_SESSION_KEYS_SHARED)) && pool[i].number == number) {
            return &pool[i];
        }
    }
    return NULL;
}

void session_key_release(uint64_t session)
{
    for (uint32_t i = 0; i < CREDVAULT_SESSION_KEYS; i++) {
        if (pool[i].session == session) {
            secure_zero(&pool[i], sizeof(pool[i]));
        }
    }
}
