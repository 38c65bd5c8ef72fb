/* What AS_REP and TGS_REP have in common: all but the key. */
#pragma once

#include "kerberos_reply.h"
#include "operation.h"

/* check() of both: struct credvault_kerberos_rep and its cipher, room for the answer and for a session key. */
enum credvault_status kerberos_rep_check(const struct operation *operation);

/* Which key opens a reply, and whose use it is. */
struct kerberos_opener {
    uint32_t etype;
    const uint8_t *key;
    uint32_t usage;
    enum kerberos_reply_kind kind;
    uint32_t credential;
};

/* run() of both. The new session key stays in the vault, zeros are told in its place. */
enum credvault_status kerberos_rep_run(struct operation *operation, const struct kerberos_opener *opener);
